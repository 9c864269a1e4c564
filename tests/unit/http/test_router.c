/* test_router.c — which route a path finds, what it captures, and which tables are refused. */
#include "../core/unit.h"

#include <string.h>

#include "http/http_int.h"

static enum http_verdict handle(struct http_request *request, void *app)
{
    (void)request;
    (void)app;
    return HTTP_ANSWERED;
}

#define ROUTE(m, p) {.method = (m), .path = (p), .handle = handle}

static const struct http_route routes[] = {
    ROUTE(HTTP_GET, "/"),
    ROUTE(HTTP_GET, "/v1/accounts"),
    ROUTE(HTTP_POST, "/v1/accounts"),
    ROUTE(HTTP_GET, "/v1/accounts/{id}"),
    ROUTE(HTTP_GET, "/v1/accounts/summary"),
    ROUTE(HTTP_GET, "/v1/accounts/{id}/entries/{seq}"),
    ROUTE(HTTP_GET, "/v1/accounts/summary/all"),
    ROUTE(HTTP_GET, "/files/{rest...}"),
    ROUTE(HTTP_GET, "/files/special"),
};

struct expectation {
    enum http_method method;
    const char *path;
    const char *template; /* NULL: no route */
    unsigned allowed;     /* looked at when there is no route */
    const char *params[2];
};

#define BIT(m) (1u << (m))

static const struct expectation expectations[] = {
    {HTTP_GET, "/", "/", 0, {0}},
    {HTTP_GET, "/v1/accounts", "/v1/accounts", 0, {0}},
    {HTTP_HEAD, "/v1/accounts", "/v1/accounts", 0, {0}},
    {HTTP_GET, "/v1/accounts/a1", "/v1/accounts/{id}", 0, {"a1"}},
    {HTTP_GET, "/v1/accounts/summary", "/v1/accounts/summary", 0, {0}},
    {HTTP_GET, "/v1/accounts/summar", "/v1/accounts/{id}", 0, {"summar"}},
    /* back from the literal branch to the parameter */
    {HTTP_GET,
     "/v1/accounts/summary/entries/7",
     "/v1/accounts/{id}/entries/{seq}",
     0,
     {"summary", "7"}},
    {HTTP_GET, "/files/a/b/c", "/files/{rest...}", 0, {"a/b/c"}},
    {HTTP_GET, "/files/special", "/files/special", 0, {0}},
    {HTTP_GET, "/files/special/x", "/files/{rest...}", 0, {"special/x"}},
    {HTTP_DELETE, "/v1/accounts", NULL, BIT(HTTP_GET) | BIT(HTTP_HEAD) | BIT(HTTP_POST), {0}},
    {HTTP_METHOD_OTHER, "/", NULL, BIT(HTTP_GET) | BIT(HTTP_HEAD), {0}},
    {HTTP_GET, "/v1", NULL, 0, {0}},
    {HTTP_GET, "/v1/", NULL, 0, {0}},
    {HTTP_GET, "/v1/accounts/", NULL, 0, {0}},
    {HTTP_GET, "/v1/accounts/a1/", NULL, 0, {0}},
    {HTTP_GET, "/v1/accounts//entries/1", NULL, 0, {0}},
    {HTTP_GET, "/%76%31/accounts", NULL, 0, {0}},
    {HTTP_GET, "/files/", NULL, 0, {0}},
    {HTTP_GET, "", NULL, 0, {0}},
    {HTTP_GET, "*", NULL, 0, {0}},
    {HTTP_GET, "v1/accounts", NULL, 0, {0}},
    {HTTP_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", NULL, 0, {0}},
};

static void test_paths_find_their_routes(void **state)
{
    struct http_router *router = router_create(routes, ARRAY_COUNT(routes));

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(expectations); i++) {
        const struct expectation *want = &expectations[i];
        struct http_match match;
        size_t params = 0;

        router_match(router, want->method, want->path, &match);
        if (want->template == NULL) {
            assert_null(match.route);
            assert_int_equal(match.methods_allowed, want->allowed);
            continue;
        }
        assert_non_null(match.route);
        assert_string_equal(match.route->path, want->template);
        assert_ptr_equal(match.route->path, routes[match.route_index].path);
        while (params < 2 && want->params[params] != NULL) {
            assert_true(params < match.param_count);
            assert_int_equal(match.param_lengths[params], strlen(want->params[params]));
            assert_memory_equal(match.params[params], want->params[params],
                                match.param_lengths[params]);
            params++;
        }
        assert_int_equal(match.param_count, params);
    }
    router_free(router);
}

static void build(void *arg)
{
    const struct http_route *two = arg;

    router_free(router_create(two, 2));
}

static void test_conflicts_and_malformed_templates_are_bugs(void **state)
{
    struct http_route same[] = {ROUTE(HTTP_GET, "/a/{x}"), ROUTE(HTTP_GET, "/a/{y}")};
    struct http_route head[] = {ROUTE(HTTP_GET, "/a"), ROUTE(HTTP_HEAD, "/b")};
    struct http_route relative[] = {ROUTE(HTTP_GET, "/a"), ROUTE(HTTP_GET, "b")};
    struct http_route rest[] = {ROUTE(HTTP_GET, "/a"), ROUTE(HTTP_GET, "/{r...}/b")};
    struct http_route fine[] = {ROUTE(HTTP_GET, "/a/{x}"), ROUTE(HTTP_POST, "/a/{y}")};

    (void)state;
    assert_true(dies_of_bug(build, same));
    assert_true(dies_of_bug(build, head));
    assert_true(dies_of_bug(build, relative));
    assert_true(dies_of_bug(build, rest));
    assert_false(dies_of_bug(build, fine));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_find_their_routes),
        cmocka_unit_test(test_conflicts_and_malformed_templates_are_bugs),
    };

    return cmocka_run_group_tests_name("http/router", tests, NULL, NULL);
}
