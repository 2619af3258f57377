/* Texts of a column, one behind the other: some of them copied, and their letters counted. */

#include <stdint.h>
#include <string.h>

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

/* Of each text the letters A to Z among its first `most` bytes, and its characters beyond ASCII. */
void count_letters(int64_t count, const int64_t *starts, const uint8_t *data, int64_t most,
                   int64_t *letters, int64_t *beyond)
{
    for (int64_t text = 0; text < count; text++) {
        const uint8_t *begin = data + starts[text];
        const int64_t length = starts[text + 1] - starts[text];
        const int64_t looked_at = length < most ? length : most;
        int32_t found = 0;
        for (int64_t at = 0; at < looked_at; at++)
            found += (uint8_t)((begin[at] | 32) - 'a') < 26;
        letters[text] = found;
        int64_t leads = 0;
        for (int64_t at = 0; at < length; at++)
            leads += begin[at] >= 0xC0;
        beyond[text] = leads;
    }
}
