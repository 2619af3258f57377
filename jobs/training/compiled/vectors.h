/* Numbers as they lie in memory and as they are reckoned with; included once for each kind of
   number and each kind of processor, which NUMBER, IS_BFLOAT16, LANES and K tell. */

typedef float K(V) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint32_t K(U) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint16_t K(H) __attribute__((vector_size(2 * LANES), aligned(2), may_alias));
#define V K(V)
#define INLINE static inline __attribute__((always_inline))

INLINE V K(all)(float number)
{
    V vector = {0};
    return vector + number;
}

INLINE V K(get)(const NUMBER *from)
{
#if IS_BFLOAT16 && LANES == 16
    return (V)((K(U))_mm512_cvtepu16_epi32((__m256i)*(const K(H) *)from) << 16);
#elif IS_BFLOAT16
    return (V)((K(U))_mm256_cvtepu16_epi32((__m128i)*(const K(H) *)from) << 16);
#else
    return *(const V *)from;
#endif
}

/* Rounds to the nearest, halves to even; what is no number stays none. */
INLINE void K(put)(NUMBER *to, V vector)
{
#if IS_BFLOAT16 && LANES == 16
    *(K(H) *)to = (K(H))_mm512_cvtneps_pbh((__m512)vector);
#elif IS_BFLOAT16
    const K(U) bits = (K(U))vector;
    const K(U) nearest = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    const K(U) none = (K(U))((bits & 0x7FFFFFFF) > 0x7F800000);
    *(K(H) *)to = __builtin_convertvector((nearest & ~none) | (none & 0x7FC0), K(H));
#else
    *(V *)to = vector;
#endif
}

INLINE float K(one)(NUMBER number)
{
#if IS_BFLOAT16
    union { uint32_t bits; float value; } made = {(uint32_t)number << 16};
    return made.value;
#else
    return number;
#endif
}

/* As many numbers as LANES or fewer; those that are missing are 0. */
INLINE V K(get_some)(const NUMBER *from, int64_t count)
{
    if (count >= LANES)
        return K(get)(from);
    NUMBER held[LANES] = {0};
    for (int64_t i = 0; i < count; i++)
        held[i] = from[i];
    return K(get)(held);
}

INLINE void K(put_some)(NUMBER *to, V vector, int64_t count)
{
    if (count >= LANES) {
        K(put)(to, vector);
        return;
    }
    NUMBER held[LANES];
    K(put)(held, vector);
    for (int64_t i = 0; i < count; i++)
        to[i] = held[i];
}

INLINE float K(sum)(V vector)
{
    float parts[LANES];
    *(V *)parts = vector;
    for (int half = LANES / 2; half; half /= 2)
        for (int i = 0; i < half; i++)
            parts[i] += parts[i + half];
    return parts[0];
}

/* Of each pair the larger or the smaller; the second where one is no number. */
INLINE V K(larger)(V one, V other)
{
#if LANES == 16
    return (V)_mm512_max_ps((__m512)one, (__m512)other);
#else
    return (V)_mm256_max_ps((__m256)one, (__m256)other);
#endif
}

INLINE V K(smaller)(V one, V other)
{
#if LANES == 16
    return (V)_mm512_min_ps((__m512)one, (__m512)other);
#else
    return (V)_mm256_min_ps((__m256)one, (__m256)other);
#endif
}

/* 1 / x but for the last bit, of numbers from 1 to 10^38: the processor's guess, made better. */
INLINE V K(inverse)(V x)
{
#if LANES == 16
    const V guess = (V)_mm512_rcp14_ps((__m512)x);
    return guess * (2 - x * guess);
#else
    return 1 / x;
#endif
}

/* e to the power of each, of numbers from -87 to 88 (others are taken for these, and what is
   no number stays none): 2 to the power of
   n / ln 2 in two parts, of which what is no whole number goes by a polynomial (Cephes' expf). */
INLINE V K(exp)(V x)
{
    const float magic = 12582912.0f; /* 1.5 x 2^23: adding it leaves no room for fractions */
    x = K(smaller)(K(all)(88.0f), K(larger)(K(all)(-87.0f), x));
    const V whole = (x * 1.44269504f + magic) - magic;
    const V rest = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
    V series = K(all)(1.9875691500e-4f);
    series = series * rest + 1.3981999507e-3f;
    series = series * rest + 8.3334519073e-3f;
    series = series * rest + 4.1665795894e-2f;
    series = series * rest + 1.6666665459e-1f;
    series = series * rest + 5.0000001201e-1f;
    const V power = series * rest * rest + rest + 1.0f;
    const K(U) steps = (K(U))(whole + (magic + 127.0f)) << 23;
    return power * (V)steps;
}
