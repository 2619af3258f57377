/* The key of each prompt: its text folded as `normalize` folds it, and the digest of that.

   What is equal is decided in Python: `folds` says of each code point what it becomes, and the
   digest is that of `jobs/data/digests.py`, word by word. A text that cannot be folded character by
   character, or is longer than `LONG`, is marked in `left` and left to Python. */

#include <stdint.h>
#include <string.h>

#include "passes.h"
#include "stretch.h"
#include "utf8.h"

#define LONG 4096 /* bytes of a folded text, as in digests.py */
static const uint64_t GOLDEN = UINT64_C(0x9E3779B97F4A7C15);
static const uint64_t FIRST = UINT64_C(0xBF58476D1CE4E5B9);
static const uint64_t SECOND = UINT64_C(0x94D049BB133111EB);

static uint64_t digest(const uint8_t *text, int64_t length)
{
    uint64_t state = (uint64_t)length * GOLDEN;
    for (int64_t at = 0; at < length; at += 8) {
        uint64_t word = 0;
        if (length - at >= 8)
            word = word_at(text + at);
        else
            memcpy(&word, text + at, (size_t)(length - at));
        state = (state ^ word) * FIRST;
        state ^= state >> 32;
    }
    state = (state ^ (state >> 30)) * FIRST;
    state = (state ^ (state >> 27)) * SECOND;
    return state ^ (state >> 31);
}

/* How many bytes from the first are ASCII without controls, no space following another one; capitals
   are made small in `lowered`. */
#if STRETCH == 16

static int plain_bytes(Stretch some, int after_space, Stretch *lowered)
{
    const __m128i low = _mm_cmpgt_epi8(_mm_set1_epi8(' '), some); /* below 0, as signed, too */
    const uint32_t spaces = marks(some, ' ');
    const uint32_t others = (uint32_t)_mm_movemask_epi8(low)
                            | (spaces & (spaces << 1 | (uint32_t)after_space));
    const __m128i capitals = _mm_and_si128(_mm_cmpgt_epi8(some, _mm_set1_epi8('A' - 1)),
                                           _mm_cmpgt_epi8(_mm_set1_epi8('Z' + 1), some));
    *lowered = _mm_or_si128(some, _mm_and_si128(capitals, _mm_set1_epi8(0x20)));
    return others ? first_mark(others) : STRETCH;
}

#else

static int plain_bytes(Stretch some, int after_space, Stretch *lowered)
{
    const uint64_t spaces = ~((some ^ EACH(' ')) + EACH(0x7F)) & TOPS;
    const uint64_t others = (some & TOPS) | (~(some + EACH(0x60)) & TOPS)
                            | (spaces & (spaces << 8 | (after_space ? 0x80 : 0)));
    const uint64_t capitals = (some + EACH(0x80 - 'A')) ^ (some + EACH(0x80 - 'Z' - 1));
    *lowered = some | (capitals & TOPS) >> 2;
    return others ? first_mark(others) : STRETCH;
}

#endif

/* The folded text in `out`, which has room for it, and its length; -1 where Python must do it. */
static int64_t fold(const uint8_t *at, const uint8_t *end, const uint32_t *folds, int32_t known,
                    uint8_t *out)
{
    uint8_t *begin = out;
    const uint8_t *copied = at; /* from where on each byte became one */
    int after_space = 1;        /* none at the beginning */
    while (at < end) {
        Stretch lowered;
        if (end - at >= STRETCH) {
            int plain = plain_bytes(stretch_at(at), after_space, &lowered);
            put_stretch(out, lowered);
            at += plain;
            out += plain;
            if (plain)
                after_space = out[-1] == ' ';
            if (plain == STRETCH)
                continue;
        } else if (end - copied >= STRETCH) { /* the rest, along with some of what was copied */
            if (plain_bytes(stretch_at(end - STRETCH), 0, &lowered) == STRETCH) {
                put_stretch(out + (end - at) - STRETCH, lowered);
                out += end - at;
                after_space = out[-1] == ' ';
                break;
            }
        }
        int bytes;
        int32_t point = character(at, end, &bytes);
        if (point < 0)
            return -1;
        uint32_t folded = point < known ? folds[point] : (uint32_t)point;
        if (!folded)
            return -1;
        at += bytes;
        copied = at;
        if (folded == ' ') {
            if (!after_space)
                *out++ = ' ';
            after_space = 1;
        } else {
            out = put(out, folded);
            after_space = 0;
        }
    }
    if (after_space && out > begin)
        out--;
    return out - begin;
}

/* `folds` says of each code point below `known` what it becomes: a space for white space, 0 for
   what only Python folds. Beyond, each stays what it is. */
void prompt_keys(int64_t count, const int64_t *starts, const uint8_t *data, const uint32_t *folds,
                 int32_t known, uint64_t *keys, uint8_t *left)
{
    uint8_t folded[4 * LONG + STRETCH]; /* no byte becomes more than four */
    for (int64_t text = 0; text < count; text++) {
        const uint8_t *begin = data + starts[text], *end = data + starts[text + 1];
        int64_t length = end - begin > LONG ? -1 : fold(begin, end, folds, known, folded);
        left[text] = length < 0 || length > LONG;
        if (left[text])
            continue;
        keys[text] = digest(folded, length);
    }
}

/* The digest of each text as it stands. */
void text_digests(int64_t count, const int64_t *starts, const uint8_t *data, uint64_t *digests,
                  uint8_t *left)
{
    for (int64_t text = 0; text < count; text++) {
        int64_t length = starts[text + 1] - starts[text];
        left[text] = length > LONG;
        if (!left[text])
            digests[text] = digest(data + starts[text], length);
    }
}
