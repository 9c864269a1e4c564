/* router.c — finds the route of a path in one walk over its segments.
 *
 * Templates become a tree at start: a node has literal children, at most one parameter child, and
 * at most one child that takes the rest. A literal is preferred to a parameter and a parameter to
 * the rest; where a preferred branch ends in nothing the walk comes back to the alternatives, kept
 * on a stack that cannot grow beyond two a segment. Literals are compared with the bytes as sent:
 * a percent-encoded spelling of a literal is another path. */
#include "http/http_int.h"

#include <stdlib.h>
#include <string.h>

struct node {
    const char *literal; /* into the template; NULL for parameters */
    size_t literal_length;
    struct node *next_sibling;
    struct node *literals, *param, *rest;
    uint32_t routes[HTTP_METHOD_COUNT]; /* index + 1; 0: none */
};

struct http_router {
    struct node *nodes; /* all of them; the first is the root */
    size_t node_count;
    const struct http_route *routes;
};

struct segment {
    const char *text;
    size_t length;
};

/* The segments of "/a/b" are "a" and "b"; "/" has one empty segment. SIZE_MAX if there are more
 * than HTTP_SEGMENTS_MAX or the path does not begin with a slash. */
static size_t split(const char *path, struct segment segments[HTTP_SEGMENTS_MAX])
{
    size_t count = 0;

    if (path[0] != '/') {
        return SIZE_MAX;
    }
    for (;;) {
        const char *start = path + 1, *end = strchrnul(start, '/');

        if (count == HTTP_SEGMENTS_MAX) {
            return SIZE_MAX;
        }
        segments[count].text = start;
        segments[count].length = (size_t)(end - start);
        count++;
        if (*end == '\0') {
            return count;
        }
        path = end;
    }
}

static bool is_param(const struct segment *segment)
{
    return segment->length >= 3 && segment->text[0] == '{' &&
           segment->text[segment->length - 1] == '}';
}

static bool is_rest(const struct segment *segment)
{
    return is_param(segment) && segment->length > 5 &&
           memcmp(segment->text + segment->length - 4, "...}", 4) == 0;
}

static struct node *child_literal(const struct node *node, const struct segment *segment)
{
    for (struct node *child = node->literals; child != NULL; child = child->next_sibling) {
        if (child->literal_length == segment->length &&
            memcmp(child->literal, segment->text, segment->length) == 0) {
            return child;
        }
    }
    return NULL;
}

static struct node *child_add(struct http_router *router, struct node *node,
                              const struct segment *segment)
{
    struct node *child;

    if (is_rest(segment) && node->rest != NULL) {
        return node->rest;
    }
    if (is_param(segment) && !is_rest(segment) && node->param != NULL) {
        return node->param;
    }
    if (!is_param(segment) && (child = child_literal(node, segment)) != NULL) {
        return child;
    }
    child = &router->nodes[router->node_count++];
    if (is_rest(segment)) {
        node->rest = child;
    } else if (is_param(segment)) {
        node->param = child;
    } else {
        child->literal = segment->text;
        child->literal_length = segment->length;
        child->next_sibling = node->literals;
        node->literals = child;
    }
    return child;
}

static void route_add(struct http_router *router, uint32_t index)
{
    const struct http_route *route = &router->routes[index];
    struct segment segments[HTTP_SEGMENTS_MAX];
    size_t count = split(route->path, segments), params = 0;
    struct node *node = &router->nodes[0];

    BUG_IF(count == SIZE_MAX);
    BUG_IF(route->method == HTTP_HEAD || route->method == HTTP_METHOD_OTHER);
    BUG_IF(route->handle == NULL);
    for (size_t i = 0; i < count; i++) {
        BUG_IF(is_rest(&segments[i]) && i + 1 != count);
        params += is_param(&segments[i]) ? 1 : 0;
        node = child_add(router, node, &segments[i]);
    }
    BUG_IF(params > HTTP_PARAMS_MAX);
    BUG_IF(node->routes[route->method] != 0); /* two routes for one request */
    node->routes[route->method] = index + 1;
}

struct http_router *router_create(const struct http_route *routes, size_t count)
{
    struct http_router *router = calloc(1, sizeof(*router));

    BUG_IF(router == NULL);
    router->nodes = calloc(count * HTTP_SEGMENTS_MAX + 1, sizeof(*router->nodes));
    BUG_IF(router->nodes == NULL);
    router->node_count = 1;
    router->routes = routes;
    for (size_t i = 0; i < count; i++) {
        route_add(router, (uint32_t)i);
    }
    return router;
}

void router_free(struct http_router *router)
{
    if (router != NULL) {
        free(router->nodes);
        free(router);
    }
}

static bool node_has_routes(const struct node *node)
{
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (node->routes[i] != 0) {
            return true;
        }
    }
    return false;
}

static void match_set(const struct http_router *router, const struct node *node,
                      enum http_method method, struct http_match *ret)
{
    uint32_t found = node->routes[method];

    for (unsigned i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (node->routes[i] != 0) {
            ret->methods_allowed |= 1u << i;
        }
    }
    if (node->routes[HTTP_GET] != 0) {
        ret->methods_allowed |= 1u << HTTP_HEAD;
        if (method == HTTP_HEAD) {
            found = node->routes[HTTP_GET];
        }
    }
    if (found != 0) {
        ret->route_index = found - 1;
        ret->route = &router->routes[found - 1];
    }
}

/* A branch still to be walked: `node` is entered having taken the segments before `depth`. */
struct alternative {
    const struct node *node;
    size_t depth;
    size_t param_count;
    const char *param; /* the parameter this branch takes, written when it is entered */
    size_t param_length;
};

/* Adds the branches that leave `at`, the most preferred last; returns the new depth of the stack.
 */
static size_t branches_push(const struct alternative *at, const struct segment *segments,
                            size_t count, struct alternative *stack, size_t depth)
{
    const struct segment *segment = &segments[at->depth];
    const struct node *literal = child_literal(at->node, segment);

    if (at->node->rest != NULL && segment->length > 0) {
        stack[depth++] = (struct alternative){at->node->rest, count, at->param_count + 1,
                                              segment->text, strlen(segment->text)};
    }
    if (at->node->param != NULL && segment->length > 0) {
        stack[depth++] = (struct alternative){at->node->param, at->depth + 1, at->param_count + 1,
                                              segment->text, segment->length};
    }
    if (literal != NULL) {
        stack[depth++] = (struct alternative){literal, at->depth + 1, at->param_count, NULL, 0};
    }
    return depth;
}

void router_match(const struct http_router *router, enum http_method method, const char *path,
                  struct http_match *ret)
{
    struct segment segments[HTTP_SEGMENTS_MAX];
    struct alternative stack[2 * HTTP_SEGMENTS_MAX + 1];
    size_t count = split(path, segments), depth = 0;

    memset(ret, 0, sizeof(*ret));
    if (count == SIZE_MAX) {
        return;
    }
    stack[depth++] = (struct alternative){.node = &router->nodes[0]};
    while (depth > 0) {
        struct alternative at = stack[--depth];

        /* Branches walked before this one left their parameters at this place or behind it, so
         * those in front are still the ancestors'. */
        if (at.param != NULL) {
            ret->params[at.param_count - 1] = at.param;
            ret->param_lengths[at.param_count - 1] = at.param_length;
        }
        if (at.depth < count) {
            depth = branches_push(&at, segments, count, stack, depth);
        } else if (node_has_routes(at.node)) {
            ret->param_count = at.param_count;
            match_set(router, at.node, method, ret);
            return;
        }
    }
}
