/* The key of each prompt: its text folded as `normalize` folds it, and the digest of that.

   What is equal is decided in Python: `folds` says of each code point what it becomes, and the
   digest is that of `jobs/data/digests.py`, word by word. A text that cannot be folded character by
   character, or is longer than `LONG`, is marked in `left` and left to Python. */

#include <stdint.h>

#include "passes.h"
#include "stretch.h"
#include "utf8.h"

#define LONG 4096 /* bytes of a folded text, as in digests.py */
#define SOME 256  /* texts that are taken at once where only keys are asked for */
static const uint64_t GOLDEN = UINT64_C(0x9E3779B97F4A7C15);
static const uint64_t FIRST = UINT64_C(0xBF58476D1CE4E5B9);
static const uint64_t SECOND = UINT64_C(0x94D049BB133111EB);

/* The bytes behind the last whole word, 1 to 7 of them, as a number. */
static uint64_t last_bytes(const uint8_t *text, int64_t length)
{
    const int rest = (int)(length % 8);
    if (length > 8) /* without a call of memcpy, which takes as long as some words */
        return word_at(text + length - 8) >> (64 - 8 * rest);
    uint64_t word = 0;
    for (int at = rest; at-- > 0;)
        word = word << 8 | text[at];
    return word;
}

static uint64_t folded_in(uint64_t state, uint64_t word)
{
    state = (state ^ word) * FIRST;
    return state ^ state >> 32;
}

typedef struct {
    const uint8_t *text;
    int64_t length;
} Text;

static uint64_t finished(uint64_t state, const Text *text, int64_t at)
{
    for (; text->length - at >= 8; at += 8)
        state = folded_in(state, word_at(text->text + at));
    if (text->length % 8)
        state = folded_in(state, last_bytes(text->text, text->length));
    state = (state ^ (state >> 30)) * FIRST;
    state = (state ^ (state >> 27)) * SECOND;
    return state ^ (state >> 31);
}

/* The digests of two texts. Each step waits for the one before it: of two rows of steps, one goes on
   meanwhile. */
static void digest_two(const Text *one, const Text *other, uint64_t *found, uint64_t *found_other)
{
    uint64_t state = (uint64_t)one->length * GOLDEN, more = (uint64_t)other->length * GOLDEN;
    const int64_t both = one->length < other->length ? one->length : other->length;
    int64_t at = 0;
    for (; both - at >= 8; at += 8) {
        state = folded_in(state, word_at(one->text + at));
        more = folded_in(more, word_at(other->text + at));
    }
    *found = finished(state, one, at);
    *found_other = finished(more, other, at);
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

/* The keys of texts and, as well, the digests of texts as they stand. `folds` says of each code point
   below `known` what it becomes: a space for white space, 0 for what only Python folds. Beyond, each
   stays what it is. */
void keys_and_digests(int64_t count, const int64_t *starts, const uint8_t *data,
                      const uint32_t *folds, int32_t known, uint64_t *keys, uint8_t *left,
                      uint64_t *digests, uint8_t *digests_left)
{
    uint8_t folded[4 * LONG + STRETCH]; /* no byte becomes more than four */
    for (int64_t text = 0; text < count; text++) {
        Text given = {data + starts[text], starts[text + 1] - starts[text]}, other = {folded, -1};
        digests_left[text] = left[text] = given.length > LONG;
        if (left[text])
            continue;
        other.length = fold(given.text, given.text + given.length, folds, known, folded);
        left[text] = other.length < 0 || other.length > LONG;
        if (left[text])
            other.length = 0;
        digest_two(&given, &other, digests + text, keys + text);
    }
}

/* The keys alone. */
void prompt_keys(int64_t count, const int64_t *starts, const uint8_t *data, const uint32_t *folds,
                 int32_t known, uint64_t *keys, uint8_t *left)
{
    uint64_t digests[SOME];
    uint8_t digests_left[SOME];
    for (int64_t text = 0; text < count; text += SOME)
        keys_and_digests(count - text < SOME ? count - text : SOME, starts + text, data, folds,
                         known, keys + text, left + text, digests, digests_left);
}

/* The digest of each text as it stands. */
void text_digests(int64_t count, const int64_t *starts, const uint8_t *data, uint64_t *digests,
                  uint8_t *left)
{
    static const Text none = {NULL, 0};
    Text last = none;
    int64_t waiting = -1; /* the number of the last one */
    uint64_t nothing;
    for (int64_t text = 0; text < count; text++) {
        const Text given = {data + starts[text], starts[text + 1] - starts[text]};
        left[text] = given.length > LONG;
        if (left[text])
            continue;
        if (waiting < 0) {
            last = given;
            waiting = text;
        } else {
            digest_two(&last, &given, digests + waiting, digests + text);
            waiting = -1;
        }
    }
    if (waiting >= 0)
        digest_two(&last, &none, digests + waiting, &nothing);
}
