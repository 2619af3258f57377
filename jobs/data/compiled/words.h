/* Eight bytes as one number, the first the lowest; other machines go without the library. */

#ifndef WORDS_H
#define WORDS_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Words are read as little-endian numbers."
#endif

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define TOPS EACH(0x80) /* the highest bit of each byte */

static inline uint64_t word_at(const uint8_t *place)
{
    uint64_t word;
    memcpy(&word, place, 8);
    return word;
}

#endif
