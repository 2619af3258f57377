/* All that is asked of the texts of usual rows, a prompt and a completion each: a few rows at a
   time, so that what the first pass brought near the processor is still there for the last. */

#include <stdint.h>
#include <string.h>

#include "passes.h"

#define ROWS 256       /* rows that are taken at once, at most */
#define BYTES (1 << 15) /* and so many bytes of each column, where rows are long */

/* What is asked for; `jobs/data/glance.py` fills it in. */
typedef struct {
    const uint32_t *folds; /* as `prompt_keys` takes them */
    const uint8_t *white;  /* as `blank_texts` does */
    const uint64_t *steps; /* as `sift` does, down to `nibbles` */
    const uint8_t *looks, *characters, *nibbles;
    uint64_t begins, ends;
    int64_t folded, whites; /* how many there are of `folds` and of `white` */
    int64_t digits, span, crowd;
    int64_t shortest;               /* bytes of a text that may be, or hold, an echo */
    int64_t most, enough;           /* as `count_letters` takes them */
    int64_t fewest, times, of_those; /* letters A to Z, and how often there must be more of them */
    int64_t longest;                /* bytes of a row that is not long */
} Rules;

/* Marks of a row; the same stand in `jobs/data/glance.py`. */
enum {
    NO_PROMPT = 1,      /* empty, or nothing but white space */
    NO_COMPLETION = 2,
    BLANK = 4,          /* one of them is nothing but white space, and some */
    KEY_LEFT = 8,       /* what Python has to work out */
    PROMPT_LEFT = 16,
    COMPLETION_LEFT = 32,
    EDGED = 64,         /* white space stands at an edge of the completion */
    ECHO = 128,         /* the completion holds its prompt, and is another text */
    SAME = 256,         /* the completion is the prompt */
    LATIN = 512,
    LONG = 1024,
};

typedef struct {
    int64_t starts[ROWS + 1];
    const uint8_t *data;
} Tile; /* some texts of one column, the first of which begins at 0 */

typedef struct {
    uint64_t *keys, *prompts, *completions; /* a number a row */
    uint8_t *looks;
    uint16_t *marks;
} Found;

/* How many rows before one are taken at once; one at least. */
static int64_t rows_at_once(const int32_t *asked, const int32_t *said, int64_t stop)
{
    int64_t row = stop - 1;
    const int64_t first = stop < ROWS ? 0 : stop - ROWS;
    while (row > first && asked[stop] - asked[row] < BYTES && said[stop] - said[row] < BYTES)
        row--;
    return stop - row;
}

static void fill(Tile *tile, const int32_t *starts, const uint8_t *data, int64_t rows)
{
    for (int64_t row = 0; row <= rows; row++)
        tile->starts[row] = starts[row] - starts[0];
    tile->data = data + starts[0];
}

static void mark(uint16_t *marks, int64_t rows, const uint8_t *found, uint16_t what)
{
    for (int64_t row = 0; row < rows; row++)
        marks[row] |= (uint16_t)(found[row] ? what : 0);
}

static int64_t size_of(const Tile *tile, int64_t row)
{
    return tile->starts[row + 1] - tile->starts[row];
}

/* Mark texts that are nothing, or nothing but white space; of the others add the looks. */
static void look(const Rules *rules, const Tile *tile, int64_t rows, uint16_t nothing,
                 const Found *found)
{
    uint8_t blank[ROWS], looks[ROWS];
    /* first what goes over all bytes in their order: the processor fetches them ahead */
    sift(rows, tile->starts, tile->data, rules->steps, rules->begins, rules->ends, rules->looks,
         rules->characters, rules->nibbles, (int32_t)rules->digits, rules->span,
         (uint8_t)rules->crowd, looks);
    blank_texts(rows, tile->starts, tile->data, rules->white, (int32_t)rules->whites, blank);
    for (int64_t row = 0; row < rows; row++) {
        found->marks[row] |= (uint16_t)(blank[row] ? nothing | BLANK
                                        : size_of(tile, row) ? 0 : nothing);
        found->looks[row] |= blank[row] ? 0 : looks[row];
    }
}

/* Keys and digests. */
static void tell_apart(const Rules *rules, const Tile *asked, const Tile *said, int64_t rows,
                       const Found *found)
{
    uint8_t some[ROWS], more[ROWS];
    keys_and_digests(rows, asked->starts, asked->data, rules->folds, (int32_t)rules->folded,
                     found->keys, some, found->prompts, more);
    mark(found->marks, rows, some, KEY_LEFT);
    mark(found->marks, rows, more, PROMPT_LEFT);
    text_digests(rows, said->starts, said->data, found->completions, some);
    mark(found->marks, rows, some, COMPLETION_LEFT);
}

/* What holds of completions, and of both together. */
static void compare(const Rules *rules, const Tile *asked, const Tile *said, int64_t rows,
                    uint16_t *marks)
{
    uint8_t some[ROWS];
    int64_t letters[ROWS], beyond[ROWS];
    edged_texts(rows, said->starts, said->data, rules->white, (int32_t)rules->whites, some);
    mark(marks, rows, some, EDGED);
    echoes(rows, asked->starts, asked->data, said->starts, said->data, rules->white,
           (int32_t)rules->whites, rules->shortest, some);
    count_letters(rows, said->starts, said->data, rules->most, rules->enough, letters, beyond);
    for (int64_t row = 0; row < rows; row++) {
        const int64_t size = size_of(asked, row), other = size_of(said, row);
        const int same = size == other && !(marks[row] & NO_PROMPT)
                         && !memcmp(asked->data + asked->starts[row],
                                    said->data + said->starts[row], (size_t)size);
        const int latin = letters[row] >= rules->fewest
                          && letters[row] * rules->of_those > beyond[row] * rules->times;
        marks[row] |= (uint16_t)((same ? SAME : some[row] ? ECHO : 0) | (latin ? LATIN : 0)
                                 | (size + other > rules->longest ? LONG : 0));
    }
}

/* What there is to say of rows; of each column there are where its texts begin, and their bytes.
   `told` are the marks that any row has, those that all have, and the looks that any passes. */
void glance(int64_t count, const int32_t *asked, const uint8_t *prompts, const int32_t *said,
            const uint8_t *completions, const Rules *rules, uint64_t *keys,
            uint64_t *prompt_digests, uint64_t *completion_digests, uint8_t *looks,
            uint16_t *marks, int64_t *told)
{
    Tile one, other;
    told[0] = told[2] = 0, told[1] = -1;
    /* from the end on: what was read last is still near the processor */
    for (int64_t stop = count, rows; stop > 0; stop -= rows) {
        rows = rows_at_once(asked, said, stop);
        const int64_t row = stop - rows;
        const Found found = {keys + row, prompt_digests + row, completion_digests + row,
                             looks + row, marks + row};
        fill(&one, asked + row, prompts, rows);
        fill(&other, said + row, completions, rows);
        memset(found.marks, 0, (size_t)rows * sizeof *marks);
        memset(found.looks, 0, (size_t)rows);
        look(rules, &one, rows, NO_PROMPT, &found);
        look(rules, &other, rows, NO_COMPLETION, &found);
        tell_apart(rules, &one, &other, rows, &found);
        compare(rules, &one, &other, rows, found.marks);
        for (int64_t at = 0; at < rows; at++)
            told[0] |= found.marks[at], told[1] &= found.marks[at], told[2] |= found.looks[at];
    }
}
