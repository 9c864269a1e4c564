/* yaml_tree.h — a YAML text as a tree of texts, lists and maps, each node with its line.
 *
 * Purpose: the small, harmless part of YAML that data files need. One document; no anchors,
 * aliases, tags or merge keys (so that size in memory is bounded by the text), no key twice in one
 * map, UTF-8 only, bounded depth and number of nodes.
 *
 * Non-goals: what the data means; that is schema.h.
 * Memory: everything lives in the caller's arena. */
#ifndef JN_POLICY_YAML_TREE_H
#define JN_POLICY_YAML_TREE_H

#include "core/arena.h"
#include "core/base.h"

#define YAML_DEPTH_MAX      16
#define YAML_NODES_MAX      20000
#define YAML_TEXT_BYTES_MAX ((size_t)1 << 20)

enum yaml_node_kind { YAML_TEXT = 1, YAML_LIST = 2, YAML_MAP = 3 };

struct yaml_node {
    enum yaml_node_kind kind;
    bool is_plain;    /* YAML_TEXT without quotes */
    uint32_t line;    /* 1-based */
    const char *text; /* NUL-terminated; holds no other NUL */
    size_t length;
    struct yaml_node *first, *next; /* a list's items; a map's members */
    size_t count;
    const char *key; /* of a map's member; NULL elsewhere */
    uint32_t key_line;
};

/* What is wrong, for people: "packs/cn.yaml:12: levels[0].title: …". */
struct policy_fault {
    uint32_t line;
    char where[256]; /* path inside the document; empty: the whole */
    char what[256];
};

/* False, with *ret_fault set, unless the text is one document of that small part of YAML. */
JN_MUST_USE bool yaml_tree_parse(const char *text, size_t length, struct arena *arena,
                                 const struct yaml_node **ret, struct policy_fault *ret_fault);

#endif
