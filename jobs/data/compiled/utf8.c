/* Whether bytes are UTF-8 (RFC 3629) without zero bytes. */

#include <stdint.h>

#include "stretch.h"
#include "utf8.h"

/* Whether a code point may be written in so many bytes: no more than it needs, and no half. */
static int is_rightly_written(int32_t point, int bytes)
{
    static const int32_t least[] = {0, 1, 0x80, 0x800, 0x10000};
    return point >= least[bytes] && point < 0x110000 && (point < 0xD800 || point >= 0xE000);
}

/* How many bytes are whole characters, up to one that breaks off at the end; -1 where something is
   no UTF-8 or zero. */
int64_t whole_characters(int64_t length, const uint8_t *data)
{
    const uint8_t *at = data, *end = data + length;
    while (at < end) {
        if (end - at >= STRETCH) {
            Marks odd = marks_odd(stretch_at(at));
            if (!odd) {
                at += STRETCH;
                continue;
            }
            at += first_mark(odd);
        }
        do {
            int bytes;
            int32_t point = character(at, end, &bytes);
            if (point < 0 && *at >= 0xC2 && *at <= 0xF4
                && end - at <= (*at >= 0xF0 ? 3 : *at >= 0xE0 ? 2 : 1))
                return at - data;
            if (!is_rightly_written(point, bytes))
                return -1;
            at += bytes;
        } while (at < end && *at >= 0x80);
    }
    return length;
}
