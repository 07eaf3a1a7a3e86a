#ifndef WAYBILL_CRE2_H
#define WAYBILL_CRE2_H

#include <stdbool.h>
#include <stddef.h>

// A narrow C face over RE2, the linear-time regular expression library: what Swift needs and no more.
// Text is given as bytes with a length; offsets come back as bytes. Nothing here throws.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cre2_expression cre2_expression;
typedef struct cre2_set cre2_set;

/// Compiles a pattern. Never null; ask `cre2_error` before use. `max_memory` bounds the compiled program, in bytes.
cre2_expression *cre2_compile(const char *pattern, size_t length, bool longest_match, long max_memory);
void cre2_free(cre2_expression *expression);

/// The reason the pattern was refused, or null when it is valid. Owned by the expression.
const char *cre2_error(const cre2_expression *expression);

/// Number of capturing groups, the whole match not counted.
int cre2_group_count(const cre2_expression *expression);

/// Name of group `index` (1-based), or null when it has none. Owned by the expression.
const char *cre2_group_name(const cre2_expression *expression, int index);

/// Searches `text[start..<end]`; `^`, `$` and `\b` see the whole text. On a match fills `spans` with
/// `groups` pairs of byte offsets (start, end), (-1, -1) for a group that took no part.
bool cre2_match(const cre2_expression *expression, const char *text, size_t length, size_t start, size_t end,
                int anchor, long *spans, int groups);

/// A set of patterns that are searched for in one pass.
cre2_set *cre2_set_new(long max_memory);
/// Index of the added pattern, or -1 when it was refused.
int cre2_set_add(cre2_set *set, const char *pattern, size_t length);
/// False when memory ran out.
bool cre2_set_compile(cre2_set *set);
/// Fills `matches` with up to `capacity` indexes; returns how many patterns match, or -1 when the search ran out of memory.
int cre2_set_match(const cre2_set *set, const char *text, size_t length, int *matches, int capacity);
void cre2_set_free(cre2_set *set);

#ifdef __cplusplus
}
#endif

#endif
