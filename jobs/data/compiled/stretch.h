/* Some bytes that are looked at together: sixteen where the processor has vectors of them for
   certain, eight in a word elsewhere. */

#ifndef STRETCH_H
#define STRETCH_H

#include "words.h"

#if defined(__SSE2__) && !defined(WORDS_ALONE)

#include <emmintrin.h>

#define STRETCH 16
typedef __m128i Stretch;
typedef uint32_t Marks; /* one bit a byte */

static inline Stretch stretch_at(const uint8_t *place)
{
    return _mm_loadu_si128((const __m128i *)place);
}

static inline void put_stretch(uint8_t *place, Stretch stretch)
{
    _mm_storeu_si128((__m128i *)place, stretch);
}

static inline Marks marks(Stretch stretch, uint8_t byte)
{
    return (Marks)_mm_movemask_epi8(_mm_cmpeq_epi8(stretch, _mm_set1_epi8((char)byte)));
}

/* Marks of the bytes beyond ASCII. */
static inline Marks marks_beyond(Stretch stretch)
{
    return (Marks)_mm_movemask_epi8(stretch);
}

/* Marks of these and of zero. */
static inline Marks marks_odd(Stretch stretch)
{
    return ~(Marks)_mm_movemask_epi8(_mm_cmpgt_epi8(stretch, _mm_setzero_si128())) & 0xFFFF;
}

/* How many of 64 bytes are digits. */
static inline int digits_of(const uint8_t *place)
{
    __m128i sums = _mm_setzero_si128();
    for (int at = 0; at < 64; at += STRETCH) {
        const __m128i above = _mm_sub_epi8(stretch_at(place + at), _mm_set1_epi8('0'));
        const __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(9)), above);
        sums = _mm_sub_epi8(sums, digits); /* where it holds there is -1 */
    }
    sums = _mm_sad_epu8(sums, _mm_setzero_si128());
    return _mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4);
}

static inline int first_mark(Marks found)
{
    return __builtin_ctz(found);
}

#else

#define STRETCH 8
typedef uint64_t Stretch;
typedef uint64_t Marks; /* the highest bit of each byte; behind the first they mean nothing */

static inline Stretch stretch_at(const uint8_t *place)
{
    return word_at(place);
}

static inline void put_stretch(uint8_t *place, Stretch stretch)
{
    memcpy(place, &stretch, 8);
}

static inline Marks marks(Stretch stretch, uint8_t byte)
{
    uint64_t other = stretch ^ EACH(byte);
    return (other - EACH(1)) & ~other & TOPS;
}

static inline Marks marks_beyond(Stretch stretch)
{
    return stretch & TOPS;
}

static inline Marks marks_odd(Stretch stretch)
{
    return marks_beyond(stretch) | marks(stretch, 0);
}

static inline int digits_of(const uint8_t *place)
{
    int digits = 0;
    for (int at = 0; at < 64; at++)
        digits += (uint8_t)(place[at] - '0') < 10;
    return digits;
}

static inline int first_mark(Marks found)
{
    return __builtin_ctzll(found) / 8;
}

#endif
#endif
