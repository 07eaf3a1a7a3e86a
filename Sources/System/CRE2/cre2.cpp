#include "cre2.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

struct cre2_expression {
    std::unique_ptr<re2::RE2> program;
    std::string error;
};

struct cre2_set {
    std::unique_ptr<re2::RE2::Set> patterns;
};

static re2::RE2::Options options(bool longest_match, long max_memory) {
    re2::RE2::Options result;
    result.set_log_errors(false);
    result.set_longest_match(longest_match);
    result.set_max_mem(max_memory);
    return result;
}

cre2_expression *cre2_compile(const char *pattern, size_t length, bool longest_match, long max_memory) {
    auto *expression = new cre2_expression;
    expression->program =
        std::make_unique<re2::RE2>(re2::StringPiece(pattern, length), options(longest_match, max_memory));
    if (!expression->program->ok()) expression->error = expression->program->error();
    return expression;
}

void cre2_free(cre2_expression *expression) { delete expression; }

const char *cre2_error(const cre2_expression *expression) {
    return expression->program->ok() ? nullptr : expression->error.c_str();
}

int cre2_group_count(const cre2_expression *expression) { return expression->program->NumberOfCapturingGroups(); }

const char *cre2_group_name(const cre2_expression *expression, int index) {
    const auto &names = expression->program->CapturingGroupNames();
    auto found = names.find(index);
    return found == names.end() ? nullptr : found->second.c_str();
}

bool cre2_match(const cre2_expression *expression, const char *text, size_t length, size_t start, size_t end,
                int anchor, long *spans, int groups) {
    if (!expression->program->ok() || start > end || end > length) return false;
    const auto kind = anchor == 2 ? re2::RE2::ANCHOR_BOTH : anchor == 1 ? re2::RE2::ANCHOR_START : re2::RE2::UNANCHORED;
    // An empty Swift array may have no address; RE2 tells an absent group by its null data pointer.
    static const char nothing = 0;
    const char *base = text ? text : &nothing;
    std::vector<re2::StringPiece> found(static_cast<size_t>(std::max(groups, 0)));
    if (!expression->program->Match(re2::StringPiece(base, length), start, end, kind, found.data(), groups)) return false;
    for (int index = 0; index < groups; ++index) {
        if (found[index].data() == nullptr) {
            spans[2 * index] = spans[2 * index + 1] = -1;
        } else {
            spans[2 * index] = found[index].data() - base;
            spans[2 * index + 1] = spans[2 * index] + static_cast<long>(found[index].size());
        }
    }
    return true;
}

cre2_set *cre2_set_new(long max_memory) {
    auto *set = new cre2_set;
    set->patterns = std::make_unique<re2::RE2::Set>(options(false, max_memory), re2::RE2::UNANCHORED);
    return set;
}

int cre2_set_add(cre2_set *set, const char *pattern, size_t length) {
    std::string error;
    return set->patterns->Add(re2::StringPiece(pattern, length), &error);
}

bool cre2_set_compile(cre2_set *set) { return set->patterns->Compile(); }

int cre2_set_match(const cre2_set *set, const char *text, size_t length, int *matches, int capacity) {
    std::vector<int> found;
    re2::RE2::Set::ErrorInfo info;
    if (!set->patterns->Match(re2::StringPiece(text, length), &found, &info)) {
        return info.kind == re2::RE2::Set::kNoError ? 0 : -1;
    }
    std::sort(found.begin(), found.end());
    const int count = std::min(capacity, static_cast<int>(found.size()));
    std::copy(found.begin(), found.begin() + count, matches);
    return static_cast<int>(found.size());
}

void cre2_set_free(cre2_set *set) { delete set; }
