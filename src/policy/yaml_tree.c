/* yaml_tree.c — see yaml_tree.h. libyaml cuts the text into events; the tree is built from them
 * with an explicit stack, so that depth is a number and not the program's stack. */
#include "policy/yaml_tree.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "core/str.h"

struct builder {
    struct arena *arena;
    struct yaml_node *open[YAML_DEPTH_MAX]; /* lists and maps that are not closed yet */
    struct yaml_node *last[YAML_DEPTH_MAX]; /* their newest member */
    size_t depth;
    size_t node_count;
    const char *key; /* read, its value not yet */
    uint32_t key_line;
    struct yaml_node *root;
    struct policy_fault *fault;
};

static bool fail(struct builder *builder, uint32_t line, const char *what)
{
    builder->fault->line = line;
    builder->fault->where[0] = '\0';
    snprintf(builder->fault->what, sizeof(builder->fault->what), "%s", what);
    return false;
}

static uint32_t line_of(const yaml_event_t *event)
{
    return (uint32_t)event->start_mark.line + 1;
}

static bool has_key(const struct yaml_node *map, const char *key)
{
    for (const struct yaml_node *node = map->first; node != NULL; node = node->next) {
        if (strcmp(node->key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* Hangs a new node below the innermost open one. */
static bool attach(struct builder *builder, struct yaml_node *node)
{
    struct yaml_node *parent;

    if (++builder->node_count > YAML_NODES_MAX) {
        return fail(builder, node->line, "the document has too many values");
    }
    if (builder->depth == 0) {
        builder->root = node;
        return true;
    }
    parent = builder->open[builder->depth - 1];
    if (parent->kind == YAML_MAP) {
        node->key = builder->key;
        node->key_line = builder->key_line;
        builder->key = NULL;
    }
    if (builder->last[builder->depth - 1] == NULL) {
        parent->first = node;
    } else {
        builder->last[builder->depth - 1]->next = node;
    }
    builder->last[builder->depth - 1] = node;
    parent->count++;
    return true;
}

static bool add_open(struct builder *builder, const yaml_event_t *event, enum yaml_node_kind kind)
{
    struct yaml_node *node = arena_alloc(builder->arena, sizeof(*node));

    if (builder->depth > 0 && builder->open[builder->depth - 1]->kind == YAML_MAP &&
        builder->key == NULL) {
        return fail(builder, line_of(event), "a key must be a text");
    }
    if (builder->depth == YAML_DEPTH_MAX) {
        return fail(builder, line_of(event), "lists and maps are nested too deeply");
    }
    node->kind = kind;
    node->line = line_of(event);
    if (!attach(builder, node)) {
        return false;
    }
    builder->open[builder->depth] = node;
    builder->last[builder->depth] = NULL;
    builder->depth++;
    return true;
}

static bool add_text(struct builder *builder, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    uint32_t line = line_of(event);
    struct yaml_node *node;

    if (memchr(text, '\0', length) != NULL) {
        return fail(builder, line, "a text holds a NUL byte");
    }
    if (builder->depth > 0 && builder->open[builder->depth - 1]->kind == YAML_MAP &&
        builder->key == NULL) {
        if (has_key(builder->open[builder->depth - 1], text)) {
            return fail(builder, line, "a key stands twice in one map");
        }
        if (strcmp(text, "<<") == 0) {
            return fail(builder, line, "merge keys are not used here");
        }
        builder->key = arena_strndup(builder->arena, text, length);
        builder->key_line = line;
        return true;
    }
    node = arena_alloc(builder->arena, sizeof(*node));
    node->kind = YAML_TEXT;
    node->line = line;
    node->text = arena_strndup(builder->arena, text, length);
    node->length = length;
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return attach(builder, node);
}

static bool plain_event(struct builder *builder, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;

    switch (event->type) { /* libyaml's enum: the rest cannot carry either */
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    case YAML_ALIAS_EVENT:
        return fail(builder, line_of(event), "anchors, aliases and tags are not used here");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        break;
    }
    return (anchor == NULL && tag == NULL) ||
           fail(builder, line_of(event), "anchors, aliases and tags are not used here");
}

static bool take_event(struct builder *builder, const yaml_event_t *event)
{
    if (!plain_event(builder, event)) {
        return false;
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return builder->root == NULL ||
               fail(builder, line_of(event), "there is more than one document");
    case YAML_SCALAR_EVENT:
        return add_text(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return add_open(builder, event, YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        return add_open(builder, event, YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        BUG_IF(builder->depth == 0);
        builder->depth--;
        return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_ALIAS_EVENT:
        return true;
    }
    return true;
}

static bool parse_events(struct builder *builder, yaml_parser_t *parser)
{
    yaml_event_t event;
    bool more = true;

    while (more) {
        bool ok;

        if (yaml_parser_parse(parser, &event) == 0) {
            return fail(builder, (uint32_t)parser->problem_mark.line + 1,
                        parser->problem != NULL ? parser->problem : "not YAML");
        }
        ok = take_event(builder, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (!ok) {
            return false;
        }
    }
    return builder->root != NULL || fail(builder, 1, "the document is empty");
}

bool yaml_tree_parse(const char *text, size_t length, struct arena *arena,
                     const struct yaml_node **ret, struct policy_fault *ret_fault)
{
    struct builder builder = {.arena = arena, .fault = ret_fault};
    yaml_parser_t parser;
    bool ok;

    if (length > YAML_TEXT_BYTES_MAX) {
        return fail(&builder, 1, "the document is too large");
    }
    if (!str_is_utf8(text, length)) {
        return fail(&builder, 1, "the document is not UTF-8");
    }
    BUG_IF(yaml_parser_initialize(&parser) == 0);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    ok = parse_events(&builder, &parser);
    yaml_parser_delete(&parser);
    if (ok) {
        *ret = builder.root;
    }
    return ok;
}
