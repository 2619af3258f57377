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

static inline int first_mark(Marks found)
{
    return __builtin_ctzll(found) / 8;
}

#endif
#endif
