/* main.c — where the program starts. The commands are in commands.c. */
#include "main/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
