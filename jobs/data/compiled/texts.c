/* Texts of a column, one behind the other: some of them copied, and their letters counted. */

#include <stdint.h>
#include <string.h>

#include "passes.h"
#include "stretch.h"

/* The bytes of the texts where `keep` is not 0, and how many `kept` they are. */
int64_t kept_size(int64_t count, const int32_t *starts, const uint8_t *keep, int64_t *kept)
{
    int64_t size = 0, texts = 0;
    for (int64_t text = 0; text < count; text++) {
        int64_t mask = -(int64_t)(keep[text] != 0);
        size += mask & (starts[text + 1] - starts[text]);
        texts -= mask;
    }
    *kept = texts;
    return size;
}

/* Copy the texts where `keep` is not 0, with where each begins and the end of the last. */
void keep_texts(int64_t count, const int32_t *starts, const uint8_t *data, const uint8_t *keep,
                int32_t *kept_starts, uint8_t *kept)
{
    int32_t size = 0;
    for (int64_t text = 0; text < count;) {
        if (!keep[text]) {
            text++;
            continue;
        }
        int64_t first = text;
        int32_t back = starts[first] - size; /* by which they move */
        for (; text < count && keep[text]; text++)
            *kept_starts++ = starts[text] - back;
        int32_t bytes = starts[text] - starts[first];
        memcpy(kept + size, data + starts[first], (size_t)bytes);
        size += bytes;
    }
    *kept_starts = size;
}

static int is_letter(uint8_t byte)
{
    return (uint8_t)((byte | 32) - 'a') < 26; /* upper and lower case differ by one bit */
}

static int is_lead(uint8_t byte)
{
    return byte >= 0xC0;
}

/* How many bytes are of a kind; sums of one byte, so that many are taken at once. */
#define COUNT(kind, data, length, sum)                                                             \
    for (int64_t begin = 0; begin < (length); begin += 128) {                                      \
        int64_t end = (length) - begin < 128 ? (length) : begin + 128;                             \
        uint8_t some = 0;                                                                          \
        for (int64_t at = begin; at < end; at++)                                                   \
            some += (uint8_t)kind((data)[at]);                                                     \
        sum += some;                                                                               \
    }

static int is_ascii(const uint8_t *data, int64_t length)
{
    int64_t at = 0;
    for (; length - at >= STRETCH; at += STRETCH)
        if (marks_beyond(stretch_at(data + at)))
            return 0;
    if (length >= STRETCH)
        return !marks_beyond(stretch_at(data + length - STRETCH));
    for (; at < length; at++)
        if (data[at] >= 0x80)
            return 0;
    return 1;
}

/* Of each text the letters A to Z among its first `most` bytes, and its characters beyond ASCII.
   Where there are none of these, no more than `enough` letters are counted. */
void count_letters(int64_t count, const int64_t *starts, const uint8_t *data, int64_t most,
                   int64_t enough, int64_t *letters, int64_t *beyond)
{
    for (int64_t text = 0; text < count; text++) {
        const uint8_t *bytes = data + starts[text];
        const int64_t length = starts[text + 1] - starts[text];
        const int64_t looked_at = length < most ? length : most;
        letters[text] = beyond[text] = 0;
        if (is_ascii(bytes, length)) {
            for (int64_t at = 0; at < looked_at && letters[text] < enough; at++)
                letters[text] += is_letter(bytes[at]);
            continue;
        }
        COUNT(is_letter, bytes, looked_at, letters[text])
        COUNT(is_lead, bytes, length, beyond[text])
    }
}
