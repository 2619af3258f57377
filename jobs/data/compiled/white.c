/* White space: which texts are nothing else, and which completions hold their whole prompt. */

#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>

#include "passes.h"
#include "utf8.h"

typedef struct {
    const uint8_t *white; /* of each code point below `known`, whether it is white space */
    int32_t known;
} White;

static int is_white(const White *white, const uint8_t *place, const uint8_t *end, int *bytes)
{
    int32_t point = character(place, end, bytes);
    return point >= 0 && point < white->known && white->white[point];
}

/* 1 for each text that holds nothing but white space, and some of it. */
void blank_texts(int64_t count, const int64_t *starts, const uint8_t *data, const uint8_t *table,
                 int32_t known, uint8_t *found)
{
    const White white = {table, known};
    for (int64_t text = 0; text < count; text++) {
        const uint8_t *at = data + starts[text], *end = data + starts[text + 1];
        int bytes;
        for (; at < end && is_white(&white, at, end, &bytes); at += bytes)
            ;
        found[text] = at == end && starts[text + 1] > starts[text];
    }
}

/* Where the last character of some bytes, of which there is one at least, begins. */
static const uint8_t *last_character(const uint8_t *begin, const uint8_t *end)
{
    const uint8_t *last = end - 1;
    while (last > begin && (*last & 0xC0) == 0x80)
        last--;
    return last;
}

/* 1 for each text that begins or ends with white space. */
void edged_texts(int64_t count, const int64_t *starts, const uint8_t *data, const uint8_t *table,
                 int32_t known, uint8_t *found)
{
    const White white = {table, known};
    for (int64_t text = 0; text < count; text++) {
        const uint8_t *begin = data + starts[text], *end = data + starts[text + 1];
        int bytes;
        found[text] = begin < end
                      && (is_white(&white, begin, end, &bytes)
                          || is_white(&white, last_character(begin, end), end, &bytes));
    }
}

/* 1 for each row whose completion holds its prompt, white space around that aside; prompts and
   completions of fewer bytes than `shortest` aside. */
void echoes(int64_t count, const int64_t *asked, const uint8_t *prompts, const int64_t *said,
            const uint8_t *completions, const uint8_t *table, int32_t known, int64_t shortest,
            uint8_t *found)
{
    const White white = {table, known};
    for (int64_t row = 0; row < count; row++) {
        const uint8_t *begin = prompts + asked[row], *end = prompts + asked[row + 1], *last;
        const int64_t room = said[row + 1] - said[row];
        int bytes;
        found[row] = 0;
        if (end - begin < shortest || room < shortest)
            continue;
        while (begin < end && is_white(&white, begin, end, &bytes))
            begin += bytes;
        for (; begin < end; end = last) {
            last = last_character(begin, end);
            if (!is_white(&white, last, end, &bytes))
                break;
        }
        found[row] = end - begin <= room
                     && memmem(completions + said[row], (size_t)room, begin, (size_t)(end - begin));
    }
}
