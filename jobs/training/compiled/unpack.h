/* Weights out of 4 bits: values by their codes, times the scale of the block. */

/* The values of as many codes as LANES, a byte each. */
INLINE V K(valued)(const uint8_t *codes, const float *values)
{
#if LANES == 16
    const __m512i which = _mm512_cvtepu8_epi32(*(const __m128i_u *)codes);
    return (V)_mm512_permutexvar_ps(which, _mm512_loadu_ps(values));
#else
    const __m256i which = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i_u *)codes));
    const __m256 lower = _mm256_permutevar8x32_ps(_mm256_loadu_ps(values), which);
    const __m256 upper = _mm256_permutevar8x32_ps(_mm256_loadu_ps(values + 8), which);
    return (V)_mm256_blendv_ps(lower, upper, (__m256)_mm256_slli_epi32(which, 28));
#endif
}

PASS(unpack)
{
    const Unpack *unpack = told;
    (void)room, (void)of_down, (void)of_up;
    const __m128i low = _mm_set1_epi8(15);
    for (int64_t block = from; block < to; block++) {
        const float scale = unpack->scales[block];
        const uint8_t *packed = unpack->packed + block * unpack->block / 2;
        NUMBER *weights = (NUMBER *)unpack->weights + block * unpack->block;
        for (int64_t i = 0; i < unpack->block; i += 16) {
            const __m128i both = _mm_loadl_epi64((const __m128i_u *)(packed + i / 2));
            const __m128i first = _mm_and_si128(_mm_srli_epi16(both, 4), low);
            uint8_t codes[16];
            *(__m128i_u *)codes = _mm_unpacklo_epi8(first, _mm_and_si128(both, low));
            for (int j = 0; j < 16; j += LANES)
                K(put)(weights + i + j, K(valued)(codes + j, unpack->values) * scale);
        }
    }
}
