/* Which texts may hold what a look is for, for many looks in one pass.

   The rules are the tables, made from `jobs/data/looks/`. A sequence of sets of bytes is a row of
   bits in one word; each byte moves every row that it fits by one step (Shift-And: Baeza-Yates and
   Gonnet 1992). Characters beyond ASCII are looked up by their code point. Texts lie one behind the
   other and are walked as one: a row may begin in one text and end in the next, so that what is
   found is to be looked at more closely. */

#include <stdint.h>

#include "passes.h"
#include "sieve.h"
#include "stretch.h"
#include "utf8.h"

#define LANE 64   /* bytes of a stretch */
#define LANES 4   /* stretches that are walked side by side: each step waits for the one before it */
#define BEFORE 8  /* bytes by which a stretch begins early; no row is longer */

static const int32_t POINTS = 0x20000; /* of the table of characters */

typedef struct {
    int64_t count;         /* of texts */
    const int64_t *starts; /* and one more, the end of the last */
    const uint8_t *data;
    uint8_t *found;        /* looks of each text, a bit each */
} Texts;

typedef struct {
    const uint64_t *steps; /* of each byte, the places of the rows that it fits */
    uint64_t begins, ends; /* places where a row begins, and where one ends */
    const uint8_t *looks;  /* of each end; 0 for the first bytes of characters beyond ASCII */
    const uint8_t *characters; /* looks of each code point */
    const uint8_t *nibbles;    /* of the sieve */
} Rows;

/* The text that a byte belongs to, asked for in rising order. */
static int64_t text_of(const Texts *texts, int64_t text, int64_t place)
{
    while (texts->starts[text + 1] <= place)
        text++;
    return text;
}

static uint64_t step(const Rows *rows, uint64_t state, uint8_t byte)
{
    return (state << 1 | rows->begins) & rows->steps[byte];
}

/* In which of `LANES` stretches a row ends, one bit a stretch. */
static uint32_t lanes_with_ends(const Rows *rows, const uint8_t *data)
{
    uint64_t state[LANES] = {0}, ended[LANES] = {0};
    for (int at = -BEFORE; at < 0; at++)
        for (int lane = 0; lane < LANES; lane++)
            state[lane] = step(rows, state[lane], data[lane * LANE + at]);
    for (int at = 0; at < LANE; at++)
        for (int lane = 0; lane < LANES; lane++) {
            state[lane] = step(rows, state[lane], data[lane * LANE + at]);
            ended[lane] |= state[lane];
        }
    uint32_t found = 0;
    for (int lane = 0; lane < LANES; lane++)
        found |= (uint32_t)((ended[lane] & rows->ends) != 0) << lane;
    return found;
}

/* Note the looks of all rows that end in a stretch; the text that its last byte belongs to. */
static int64_t walk(const Rows *rows, const Texts *texts, int64_t text, int64_t at, int64_t stop)
{
    const uint8_t *data = texts->data, *end = data + texts->starts[texts->count];
    uint64_t state = 0;
    for (int64_t early = at < BEFORE ? 0 : at - BEFORE; early < at; early++)
        state = step(rows, state, data[early]);
    for (; at < stop; at++) {
        state = step(rows, state, data[at]);
        uint64_t ended = state & rows->ends;
        if (!ended)
            continue;
        text = text_of(texts, text, at);
        for (; ended; ended &= ended - 1)
            texts->found[text] |= rows->looks[__builtin_ctzll(ended)];
        if (data[at] >= 0xC0) {
            int bytes;
            int32_t point = character(data + at, end, &bytes);
            texts->found[text] |= point >= 0 && point < POINTS ? rows->characters[point] : 0;
        }
    }
    return text;
}

static void rows_of_bits(const Rows *rows, const Texts *texts)
{
    const int64_t length = texts->starts[texts->count];
    int64_t at = length < BEFORE ? length : BEFORE;
    int64_t text = walk(rows, texts, 0, 0, at);
    if (can_sieve())
        while (length - (at = next_sieved(rows->nibbles, texts->data, at, length)) >= SIEVED) {
            text = walk(rows, texts, text, at, at + SIEVED);
            at += SIEVED;
        }
    for (; length - at >= LANES * LANE; at += LANES * LANE) {
        uint32_t lanes = lanes_with_ends(rows, texts->data + at);
        for (; lanes; lanes &= lanes - 1) {
            int64_t lane = at + LANE * __builtin_ctz(lanes);
            text = walk(rows, texts, text, lane, lane + LANE);
        }
    }
    walk(rows, texts, text, at, length);
}

static int is_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10;
}

/* Note `look` where so many digits of a text stand within `span` bytes, between two places. */
static int64_t crowds_between(const Texts *texts, int64_t text, int64_t at, int64_t fresh,
                              int64_t stop, int32_t digits, int64_t span, uint8_t look)
{
    int64_t places[2 * LANE]; /* of the digits */
    int32_t have = 0;
    for (; at < stop; at++) {
        if (!is_digit(texts->data[at]))
            continue;
        places[have++] = at;
        if (at < fresh || have < digits || at - places[have - digits] > span)
            continue;
        text = text_of(texts, text, at);
        if (places[have - digits] >= texts->starts[text])
            texts->found[text] |= look;
    }
    return text;
}

/* The same everywhere. The span is less than a stretch: such digits lie in two stretches beside one
   another, and few of these hold so many. */
static void crowds(const Texts *texts, int32_t digits, int64_t span, uint8_t look)
{
    const int64_t length = texts->starts[texts->count];
    int64_t text = 0;
    int before = 0;
    for (int64_t begin = 0; begin < length; begin += LANE) {
        const int64_t stop = length - begin < LANE ? length : begin + LANE;
        int here = 0;
        if (stop - begin == LANE)
            here = digits_of(texts->data + begin);
        else
            for (int64_t at = begin; at < stop; at++)
                here += is_digit(texts->data[at]);
        if (before + here >= digits)
            text = crowds_between(texts, text, before ? begin - LANE : begin, begin, stop, digits,
                                  span, look);
        before = here;
    }
}

/* The looks of each text. Where `digits` stand within `span` bytes, that is the look `crowd`. */
void sift(int64_t count, const int64_t *starts, const uint8_t *data, const uint64_t *steps,
          uint64_t begins, uint64_t ends, const uint8_t *looks, const uint8_t *characters,
          const uint8_t *nibbles, int32_t digits, int64_t span, uint8_t crowd, uint8_t *found)
{
    const Rows rows = {steps, begins, ends, looks, characters, nibbles};
    const Texts texts = {count, starts, data, found};
    for (int64_t text = 0; text < count; text++)
        found[text] = 0;
    rows_of_bits(&rows, &texts);
    crowds(&texts, digits, span, crowd);
}
