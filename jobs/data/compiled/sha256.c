/* SHA-256 of two streams at once; sha256.h says why. */

#include "sha256.h"

#include <string.h>

#define BLOCK 64

static const uint32_t FIRST[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

static const uint32_t ROUNDS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

int can_sha256(void)
{
    unsigned a, b, c, d;
    return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d)
           && (b >> 29 & 1);
}

/* Some blocks of `count` streams, each at the same pace; the instructions keep the eight words of a
   state as ABEF and CDGH. */
static inline __attribute__((always_inline)) WITH_SHA void
compress(Stream *const *streams, const int count, const uint8_t *const *data, int64_t blocks)
{
    const __m128i turn = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i abef[2], cdgh[2], words[2][4];
    for (int one = 0; one < count; one++) {
        const __m128i *state = (const __m128i *)streams[one]->state;
        __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(state), 0xB1);
        __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(state + 1), 0x1B);
        abef[one] = _mm_alignr_epi8(cdab, efgh, 8);
        cdgh[one] = _mm_blend_epi16(efgh, cdab, 0xF0);
    }
    for (int64_t block = 0; block < blocks; block++) {
        __m128i before[2][2];
        for (int one = 0; one < count; one++)
            before[one][0] = abef[one], before[one][1] = cdgh[one];
#pragma GCC unroll 16
        for (int four = 0; four < 16; four++) {
            const __m128i constants = _mm_loadu_si128((const __m128i *)(ROUNDS + 4 * four));
#pragma GCC unroll 2
            for (int one = 0; one < count; one++) {
                __m128i *w = words[one];
                const int now = four & 3, next = (four + 1) & 3, last = (four + 3) & 3;
                if (four < 4) {
                    const uint8_t *place = data[one] + BLOCK * block + 16 * four;
                    w[now] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)place), turn);
                } else {
                    __m128i middle = _mm_alignr_epi8(w[last], w[(four + 2) & 3], 4);
                    w[now] = _mm_add_epi32(_mm_sha256msg1_epu32(w[now], w[next]), middle);
                    w[now] = _mm_sha256msg2_epu32(w[now], w[last]);
                }
                __m128i added = _mm_add_epi32(w[now], constants);
                cdgh[one] = _mm_sha256rnds2_epu32(cdgh[one], abef[one], added);
                added = _mm_shuffle_epi32(added, 0x0E);
                abef[one] = _mm_sha256rnds2_epu32(abef[one], cdgh[one], added);
            }
        }
        for (int one = 0; one < count; one++) {
            abef[one] = _mm_add_epi32(abef[one], before[one][0]);
            cdgh[one] = _mm_add_epi32(cdgh[one], before[one][1]);
        }
    }
    for (int one = 0; one < count; one++) {
        __m128i *state = (__m128i *)streams[one]->state;
        __m128i feba = _mm_shuffle_epi32(abef[one], 0x1B);
        __m128i dchg = _mm_shuffle_epi32(cdgh[one], 0xB1);
        _mm_storeu_si128(state, _mm_blend_epi16(feba, dchg, 0xF0));
        _mm_storeu_si128(state + 1, _mm_alignr_epi8(dchg, feba, 8));
    }
}

static WITH_SHA void compress_one(Stream *stream, const uint8_t *data, int64_t blocks)
{
    compress(&stream, 1, &data, blocks);
}

static WITH_SHA void compress_two(Stream *const *streams, const uint8_t *const *data,
                                  int64_t blocks)
{
    compress(streams, 2, data, blocks);
}

#else

int can_sha256(void)
{
    return 0;
}

static void compress_one(Stream *stream, const uint8_t *data, int64_t blocks)
{
    (void)stream, (void)data, (void)blocks;
}

static void compress_two(Stream *const *streams, const uint8_t *const *data, int64_t blocks)
{
    (void)streams, (void)data, (void)blocks;
}

#endif

void begin_stream(Stream *stream)
{
    memcpy(stream->state, FIRST, sizeof FIRST);
    stream->filled = 0;
    stream->total = 0;
}

/* What waits behind the bytes that were digested. */
static void keep_rest(Stream *stream, uint32_t digested)
{
    stream->filled -= digested;
    memmove(stream->held, stream->held + digested, stream->filled);
}

/* Digest what waits, all whole blocks of it, along with what waits beside. */
static void digest_held(Stream *stream, Stream *beside)
{
    uint32_t blocks = stream->filled / BLOCK, both = beside->filled / BLOCK;
    both = both < blocks ? both : blocks;
    Stream *const streams[2] = {stream, beside};
    const uint8_t *const data[2] = {stream->held, beside->held};
    compress_two(streams, data, both);
    compress_one(stream, stream->held + both * BLOCK, blocks - both);
    keep_rest(stream, blocks * BLOCK);
    keep_rest(beside, both * BLOCK);
}

void put_bytes(Stream *stream, Stream *beside, const uint8_t *data, int64_t length)
{
    stream->total += (uint64_t)length;
    while (length) {
        int64_t some = HELD - stream->filled;
        some = some < length ? some : length;
        memcpy(stream->held + stream->filled, data, (size_t)some);
        stream->filled += (uint32_t)some;
        data += some;
        length -= some;
        if (stream->filled == HELD)
            digest_held(stream, beside);
    }
}

void end_stream(Stream *stream, uint8_t *digest)
{
    uint64_t bits = stream->total * 8;
    uint8_t end[2 * BLOCK] = {0x80};
    uint32_t whole = stream->filled / BLOCK;
    compress_one(stream, stream->held, whole);
    keep_rest(stream, whole * BLOCK);
    uint32_t room = stream->filled < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    for (int place = 0; place < 8; place++)
        end[room - stream->filled - 1 - (uint32_t)place] = (uint8_t)(bits >> 8 * place);
    memcpy(stream->held + stream->filled, end, room - stream->filled);
    compress_one(stream, stream->held, room / BLOCK);
    for (int word = 0; word < 8; word++)
        for (int place = 0; place < 4; place++)
            digest[4 * word + place] = (uint8_t)(stream->state[word] >> (24 - 8 * place));
}
