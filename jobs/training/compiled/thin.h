/* The adapters' thin products over TOKENS rows at a time, which lie in float32 in the cache.

   A row of numbers is `padded` and what is behind its end is 0 or multiplied by 0. */

#define TOKENS 4
#define STEP (2 * LANES) /* numbers of a row that a loop takes at a time */

/* made[token][rank] += x[token] . matrix[rank], of `columns` columns */
INLINE void K(contract)(const float *x, int64_t stride, const float *matrix, int64_t matrix_stride,
                        int64_t columns, int64_t ranks, float *made, int64_t made_stride)
{
    int64_t rank = 0;
    for (; rank + 4 <= ranks; rank += 4) {
        const float *rows = matrix + rank * matrix_stride;
        V sums[TOKENS][4] = {{{0}}};
        for (int64_t at = 0; at < columns; at += LANES) {
            V of[4];
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++)
                of[r] = *(const V *)(rows + r * matrix_stride + at);
#pragma GCC unroll 4
            for (int t = 0; t < TOKENS; t++) {
                const V some = *(const V *)(x + t * stride + at);
#pragma GCC unroll 4
                for (int r = 0; r < 4; r++)
                    sums[t][r] += some * of[r];
            }
        }
#pragma GCC unroll 4
        for (int t = 0; t < TOKENS; t++)
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++)
                made[t * made_stride + rank + r] += K(sum)(sums[t][r]);
    }
    for (; rank < ranks; rank++)
        for (int t = 0; t < TOKENS; t++) {
            V total = {0};
            for (int64_t at = 0; at < columns; at += LANES)
                total += *(const V *)(x + t * stride + at)
                         * *(const V *)(matrix + rank * matrix_stride + at);
            made[t * made_stride + rank] += K(sum)(total);
        }
}

/* y[token] += the sum over ranks of h[token][rank] matrix[rank] */
INLINE void K(expand)(const float *h, int64_t h_stride, const float *matrix, int64_t matrix_stride,
                      int64_t columns, int64_t ranks, float *y, int64_t stride)
{
    for (int64_t at = 0; at < columns; at += STEP) {
        V first[TOKENS], second[TOKENS];
#pragma GCC unroll 4
        for (int t = 0; t < TOKENS; t++) {
            first[t] = *(const V *)(y + t * stride + at);
            second[t] = *(const V *)(y + t * stride + at + LANES);
        }
        for (int64_t rank = 0; rank < ranks; rank++) {
            const V one = *(const V *)(matrix + rank * matrix_stride + at);
            const V two = *(const V *)(matrix + rank * matrix_stride + at + LANES);
#pragma GCC unroll 4
            for (int t = 0; t < TOKENS; t++) {
                const float by = h[t * h_stride + rank];
                first[t] += one * by;
                second[t] += two * by;
            }
        }
#pragma GCC unroll 4
        for (int t = 0; t < TOKENS; t++) {
            *(V *)(y + t * stride + at) = first[t];
            *(V *)(y + t * stride + at + LANES) = second[t];
        }
    }
}

/* matrix[rank] += the sum over tokens of h[token][rank] x[token] */
INLINE void K(outer)(const float *h, int64_t h_stride, const float *x, int64_t stride,
                     int64_t columns, int64_t ranks, float *matrix, int64_t matrix_stride)
{
    for (int64_t at = 0; at < columns; at += STEP) {
        V first[TOKENS], second[TOKENS];
#pragma GCC unroll 4
        for (int t = 0; t < TOKENS; t++) {
            first[t] = *(const V *)(x + t * stride + at);
            second[t] = *(const V *)(x + t * stride + at + LANES);
        }
        for (int64_t rank = 0; rank < ranks; rank++) {
            float *row = matrix + rank * matrix_stride + at;
            V one = *(const V *)row, two = *(const V *)(row + LANES);
#pragma GCC unroll 4
            for (int t = 0; t < TOKENS; t++) {
                const float by = h[t * h_stride + rank];
                one += first[t] * by;
                two += second[t] * by;
            }
            *(V *)row = one;
            *(V *)(row + LANES) = two;
        }
    }
}
