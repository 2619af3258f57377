/* Where a row of bytes that is looked for may end: 32 places at once, by the last three bytes.

   Each half of a byte is looked up in a table of sixteen, whose bits are groups of rows; a group may
   end where both halves of all three bytes fit it (Hyperscan's “Teddy”; Wang and others 2019). More
   pass than do end there, and none is missed. */

#include "sieve.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

int can_sieve(void)
{
    return __builtin_cpu_supports("avx2");
}

__attribute__((target("avx2"))) static inline __m256i table(const uint8_t *place)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)place));
}

__attribute__((target("avx2"))) int64_t next_sieved(const uint8_t *nibbles, const uint8_t *data,
                                                    int64_t at, int64_t stop)
{
    __m256i low[2][3], high[2][3];
    const __m256i half = _mm256_set1_epi8(0x0F);
    for (int set = 0; set < 2; set++)
        for (int step = 0; step < 3; step++) {
            low[set][step] = table(nibbles + 32 * (3 * set + step));
            high[set][step] = table(nibbles + 32 * (3 * set + step) + 16);
        }
    for (; stop - at >= SIEVED; at += SIEVED) {
        __m256i one = _mm256_set1_epi8(-1), other = one;
        for (int step = 0; step < 3; step++) {
            __m256i bytes = _mm256_loadu_si256((const __m256i *)(data + at + step - 2));
            __m256i lower = _mm256_and_si256(bytes, half);
            __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
            one = _mm256_and_si256(one, _mm256_shuffle_epi8(low[0][step], lower));
            one = _mm256_and_si256(one, _mm256_shuffle_epi8(high[0][step], upper));
            other = _mm256_and_si256(other, _mm256_shuffle_epi8(low[1][step], lower));
            other = _mm256_and_si256(other, _mm256_shuffle_epi8(high[1][step], upper));
        }
        __m256i found = _mm256_or_si256(one, other);
        if (!_mm256_testz_si256(found, found))
            break;
    }
    return at;
}

#else

int can_sieve(void)
{
    return 0;
}

int64_t next_sieved(const uint8_t *nibbles, const uint8_t *data, int64_t at, int64_t stop)
{
    (void)nibbles, (void)data, (void)stop;
    return at;
}

#endif
