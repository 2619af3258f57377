/* The digests of a fingerprint: of rows that are kept, where they lie. */

#include <stdint.h>

#include "sha256.h"
#include "words.h"

enum { PROMPT_LENGTHS, PROMPTS, COUNTS, LENGTHS, TEXTS, PARTS }; /* in the order of the fingerprint */

/* Bytes of the streams of one fingerprint's part; 0 where this processor cannot do it. */
int64_t fingerprint_size(int64_t parts)
{
    return can_sha256() && parts == PARTS ? (int64_t)(PARTS * sizeof(Stream)) : 0;
}

void fingerprint_begin(int64_t parts, Stream *streams)
{
    for (int64_t part = 0; part < parts; part++)
        begin_stream(streams + part);
}

#define WAITING 256

/* Numbers that wait to go into a stream together. */
typedef struct {
    Stream *stream, *beside;
    int count;
    int64_t numbers[WAITING];
} Numbers;

static void put_all(Numbers *waiting)
{
    put_bytes(waiting->stream, waiting->beside, (const uint8_t *)waiting->numbers,
              waiting->count * 8);
    waiting->count = 0;
}

static void put_number(Numbers *waiting, int64_t number)
{
    waiting->numbers[waiting->count++] = number;
    if (waiting->count == WAITING)
        put_all(waiting);
}

static void put_texts(Stream *streams, int part, int beside, const int32_t *starts,
                      const uint8_t *data, int64_t count)
{
    put_bytes(streams + part, streams + beside, data + starts[0], starts[count] - starts[0]);
}

/* Rows where `keep` is not 0: where their prompts begin and the end of the last, the same of their
   lists of references, and of the texts in these. */
void fingerprint_rows(int64_t count, const int32_t *prompts, const uint8_t *prompt_data,
                      const int32_t *lists, const int32_t *texts, const uint8_t *text_data,
                      const uint8_t *keep, Stream *streams)
{
    Numbers asked = {streams + PROMPT_LENGTHS, streams + LENGTHS, 0, {0}};
    Numbers counts = {streams + COUNTS, streams + PROMPT_LENGTHS, 0, {0}};
    Numbers said = {streams + LENGTHS, streams + COUNTS, 0, {0}};
    for (int64_t row = 0; row < count;) {
        if (!keep[row]) {
            row++;
            continue;
        }
        int64_t first = row;
        for (; row < count && keep[row]; row++) {
            put_number(&asked, prompts[row + 1] - prompts[row]);
            put_number(&counts, lists[row + 1] - lists[row]);
            for (int32_t text = lists[row]; text < lists[row + 1]; text++)
                put_number(&said, texts[text + 1] - texts[text]);
        }
        put_texts(streams, PROMPTS, TEXTS, prompts + first, prompt_data, row - first);
        put_texts(streams, TEXTS, PROMPTS, texts + lists[first], text_data,
                  lists[row] - lists[first]);
    }
    put_all(&asked);
    put_all(&counts);
    put_all(&said);
}

/* The digests, 32 bytes each. */
void fingerprint_end(int64_t parts, Stream *streams, uint8_t *digests)
{
    for (int64_t part = 0; part < parts; part++)
        end_stream(streams + part, digests + 32 * part);
}
