/* places.c — the country of an address, by the free GeoIP legacy data that Debian ships; see
 * devices.h. The files are read into memory once and only looked at afterwards. */
#include <GeoIP.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "identity/devices.h"

#define FILE_V4 "/usr/share/GeoIP/GeoIP.dat"
#define FILE_V6 "/usr/share/GeoIP/GeoIPv6.dat"

struct places {
    GeoIP *v4, *v6; /* NULL: no file */
};

struct places *places_open(void)
{
    struct places *places = calloc(1, sizeof(*places));

    BUG_IF(places == NULL);
    places->v4 = GeoIP_open(FILE_V4, GEOIP_MEMORY_CACHE | GEOIP_SILENCE);
    places->v6 = GeoIP_open(FILE_V6, GEOIP_MEMORY_CACHE | GEOIP_SILENCE);
    return places;
}

void places_close(struct places *places)
{
    if (places == NULL) {
        return;
    }
    GeoIP_delete(places->v4);
    GeoIP_delete(places->v6);
    free(places);
}

/* RFC 1918, 3927, 6598, loopback. */
static bool is_local_v4(uint32_t address)
{
    return address >> 24 == 10 || address >> 24 == 127 || address >> 20 == 0xac1 ||
           address >> 16 == 0xc0a8 || address >> 16 == 0xa9fe || address >> 22 == 0x191;
}

/* RFC 4193, link-local, loopback. */
static bool is_local_v6(const struct in6_addr *address)
{
    return (address->s6_addr[0] & 0xfe) == 0xfc || IN6_IS_ADDR_LINKLOCAL(address) ||
           IN6_IS_ADDR_LOOPBACK(address);
}

void place_of_address(struct places *places, const char *address, char ret[SESSION_PLACE_MAX + 1])
{
    struct in_addr v4;
    struct in6_addr v6;
    const char *code = NULL;
    bool local = false;

    if (inet_pton(AF_INET, address, &v4) == 1) {
        uint32_t number = ntohl(v4.s_addr);

        local = is_local_v4(number);
        code = places == NULL || places->v4 == NULL
                   ? NULL
                   : GeoIP_country_code_by_ipnum(places->v4, number);
    } else if (inet_pton(AF_INET6, address, &v6) == 1) {
        local = is_local_v6(&v6);
        code = places == NULL || places->v6 == NULL
                   ? NULL
                   : GeoIP_country_code_by_ipnum_v6(places->v6, v6);
    }
    memset(ret, 0, SESSION_PLACE_MAX + 1);
    if (local) {
        memcpy(ret, "local", 5);
    } else if (code != NULL && strlen(code) == 2) {
        memcpy(ret, code, 2);
    }
}
