/* RMS norms, with the sum in front of them and the adapters before and behind. */

PASS(norm)
{
    const Norm *norm = told;
    (void)of_down, (void)of_up;
    const int64_t width = norm->width, stride = padded(width);
    float *x = room_for(&room, TOKENS * stride), *y = room_for(&room, TOKENS * stride);
    float *made = room_for(&room, TOKENS * ranks_of(&norm->made));
    float *read = room_for(&room, TOKENS * ranks_of(&norm->read));
    for (int64_t at = from; at < to; at += TOKENS) {
        const Rows rows = {at, smaller_of(TOKENS, to - at), width, stride};
        K(load)(norm->sum, rows, x);
        K(add_low)(&norm->made, rows, x, made);
        if (norm->added) {
            K(load)(norm->added, rows, y);
            for (int64_t i = 0; i < TOKENS * stride; i += LANES)
                *(V *)(x + i) += *(V *)(y + i);
        }
        if (norm->added || norm->made.group)
            K(store)(norm->sum, rows, x);
        if (!norm->weight)
            continue;
        for (int t = 0; t < TOKENS; t++) {
            V squares = K(all)(0);
            for (int64_t i = 0; i < stride; i += LANES)
                squares += *(V *)(x + t * stride + i) * *(V *)(x + t * stride + i);
            const float mean = K(sum)(squares) / (float)width;
            const float r = 1 / sqrtf(mean + (float)norm->epsilon);
            for (int64_t i = 0; i < width; i += LANES)
                *(V *)(y + t * stride + i) =
                    *(V *)(x + t * stride + i) * r
                    * K(get_some)((const NUMBER *)norm->weight + i, width - i);
            for (int64_t i = (width + LANES - 1) / LANES * LANES; i < stride; i++)
                y[t * stride + i] = 0;
            if (t < rows.count)
                norm->r[at + t] = r;
        }
        K(store)(norm->normed, rows, y);
        K(read_low)(&norm->read, rows, y, read);
    }
}

/* With r = 1 / sqrt(mean(x²) + ε) and g the gradient of y = w r x: dx = r w g - x r³ mean(w g x) */
PASS(norm_back)
{
    const NormBack *norm = told;
    const int64_t width = norm->width, stride = padded(width);
    float *x = room_for(&room, TOKENS * stride), *y = room_for(&room, TOKENS * stride);
    float *grad = room_for(&room, TOKENS * stride);
    float *made = room_for(&room, TOKENS * ranks_of(&norm->made));
    float *read = room_for(&room, TOKENS * ranks_of(&norm->read));
    for (int64_t at = from; at < to; at += TOKENS) {
        const Rows rows = {at, smaller_of(TOKENS, to - at), width, stride};
        K(load)(norm->x, rows, x);
        if (norm->grad) {
            K(load)(norm->grad, rows, grad);
            K(back_low)(&norm->read, rows, grad, read, y);
        }
        for (int t = 0; t < TOKENS; t++) {
            const float r = t < rows.count ? norm->r[at + t] : 0;
            V along = K(all)(0);
            for (int64_t i = 0; i < width; i += LANES) {
                const V w = K(get_some)((const NUMBER *)norm->weight + i, width - i);
                const V one = *(V *)(x + t * stride + i);
                *(V *)(y + t * stride + i) = one * r * w;
                if (norm->grad) {
                    const V g = *(V *)(grad + t * stride + i) * w;
                    *(V *)(grad + t * stride + i) = g;
                    along += g * one;
                }
            }
            for (int64_t i = (width + LANES - 1) / LANES * LANES; i < stride; i++)
                y[t * stride + i] = 0;
            const float share = K(sum)(along) * r * r * r / (float)width;
            for (int64_t i = 0; norm->grad && i < width; i += LANES)
                *(V *)(grad + t * stride + i) =
                    *(V *)(grad + t * stride + i) * r - *(V *)(x + t * stride + i) * share;
        }
        K(learn_low)(&norm->read, rows, y, read, of_down);
        if (!norm->grad)
            continue;
        if (norm->added) {
            K(load)(norm->added, rows, x);
            for (int64_t i = 0; i < TOKENS * stride; i += LANES)
                *(V *)(grad + i) += *(V *)(x + i);
        }
        K(store)(norm->of_x, rows, grad);
        K(leave_low)(&norm->made, rows, grad, made, of_up);
    }
}

/* What adapters take of the gradient of their product, where no other pass reads it. */
PASS(leave)
{
    const Leave *leave = told;
    (void)of_down;
    const int64_t stride = padded(leave->width);
    float *grad = room_for(&room, TOKENS * stride);
    float *made = room_for(&room, TOKENS * ranks_of(&leave->made));
    for (int64_t at = from; at < to; at += TOKENS) {
        const Rows rows = {at, smaller_of(TOKENS, to - at), leave->width, stride};
        K(load)(leave->grad, rows, grad);
        K(leave_low)(&leave->made, rows, grad, made, of_up);
    }
}
