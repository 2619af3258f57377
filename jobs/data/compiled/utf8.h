/* One character of UTF-8, wherever it stands, in bytes that may be no UTF-8 at all. */

#ifndef UTF8_H
#define UTF8_H

#include <stdint.h>

/* The code point that begins at `place`, before `end`, and its bytes; -1 where there is none. */
static inline int32_t character(const uint8_t *place, const uint8_t *end, int *bytes)
{
    const uint8_t lead = *place;
    *bytes = 1;
    if (lead < 0x80)
        return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || end - place <= more)
        return -1;
    int32_t point = lead & (0x3F >> more);
    for (int step = 1; step <= more; step++) {
        if ((place[step] & 0xC0) != 0x80)
            return -1;
        point = point << 6 | (place[step] & 0x3F);
    }
    *bytes = more + 1;
    return point;
}

/* Write a character behind what is there; where it ends. */
static inline uint8_t *put(uint8_t *out, uint32_t point)
{
    if (point < 0x80) {
        *out++ = (uint8_t)point;
        return out;
    }
    if (point < 0x800) {
        *out++ = (uint8_t)(0xC0 | point >> 6);
    } else {
        if (point < 0x10000) {
            *out++ = (uint8_t)(0xE0 | point >> 12);
        } else {
            *out++ = (uint8_t)(0xF0 | point >> 18);
            *out++ = (uint8_t)(0x80 | (point >> 12 & 0x3F));
        }
        *out++ = (uint8_t)(0x80 | (point >> 6 & 0x3F));
    }
    *out++ = (uint8_t)(0x80 | (point & 0x3F));
    return out;
}

#endif
