/* What a pass over the numbers of a decoder layer is told; told.py has the same structures.

   Matrices of numbers are in bfloat16 or float32, as the pass is asked for. Adapters are in float32
   with their columns side by side: `matrices` of a group holds the A of all its layers, then the
   B of each, turned, a rank in each row and rows padded with zeros (see `padded`). */

#ifndef PASSES_H
#define PASSES_H

#include <stdint.h>

#define LAYERS 3 /* linear layers that read the same, at most */

typedef struct {
    int64_t rank, ranks;     /* where its ranks begin among those of the group, and how many */
    int64_t column, columns; /* which outputs of the group are its own */
    int64_t up;              /* where its B begins in `matrices` */
} Block;

typedef struct {
    int64_t inputs, ranks, blocks, size; /* size: floats of `matrices` */
    double scale;                        /* of the adapters' product */
    Block block[LAYERS];                 /* of the layers that have an adapter */
} Group;

/* The adapters of a group while a batch is read. Where it has none, `group` is NULL. */
typedef struct {
    const Group *group;
    const float *matrices;
    float *h;         /* [tokens, ranks]: what A has made of the input */
    float *of_h;      /* its gradient */
    const void *mask; /* 1 for each number that A sees and 0 for the others, as wide as the input;
                         NULL where it sees all */
    void *of_a[LAYERS], *of_b[LAYERS]; /* where gradients go, [ranks, inputs], [columns, ranks] */
} Low;

typedef struct {
    const Group *group;
    const void *a[LAYERS], *b[LAYERS];
    float *matrices;
} Unfold;

/* `sum` = sum + adapters of `made` + `added`; of that the norm, `r` one number a token; of that the
   A of `read`. Without `weight` there is no norm. */
typedef struct {
    int64_t tokens, width;
    double epsilon;
    void *sum;
    const void *added; /* may be NULL */
    const void *weight;
    void *normed;
    float *r;
    Low made, read;
} Norm;

/* The gradient of `x` by way of the norm, of which `grad` is that of what it gave without the
   adapters that read it, and of `added` beside it. `made` are adapters whose product went into x. */
typedef struct {
    int64_t tokens, width;
    const void *x;
    const float *r;
    const void *weight;
    const void *grad;  /* NULL where only the adapters' own gradients are asked for */
    const void *added; /* may be NULL */
    void *of_x;
    Low read, made;
} NormBack;

/* The adapters of `made` are added to gate and up projection, and `active` = silu(gate) up. */
typedef struct {
    int64_t tokens, width;
    void *gate, *up;
    void *active;
    Low made, read;
} Gated;

/* From the gradient of `active`, without the adapters that read it, those of gate and up. */
typedef struct {
    int64_t tokens, width;
    const void *gate, *up;
    const void *of_active;
    void *of_gate, *of_up;
    Low read, made;
} GatedBack;

/* Heads of a row: `heads` of queries, `shared` of keys and of values. A row has `length` places, of
   which `places` says for each token, row behind row, which is its own; -1 where it has none. NULL
   where every place has its token. */
typedef struct {
    int64_t tokens, length, heads, shared, size;
    const int32_t *places;
    const void *cos, *sin; /* [length, size] */
} Heads;

/* Adapters are added to `qkv`, queries and keys turned and laid apart: q [rows, shared, heads /
   shared, length, size], k and v [rows, shared, length, size]. Backwards from these to `qkv`. Places
   without a token are left as they are. */
typedef struct {
    Heads heads;
    void *qkv, *q, *k, *v;
    int64_t k_rows; /* places of a row of k and v, of which these are the last */
    Low made;
} Turn;

/* What heads have seen, laid out like q, beside one another in `mixed`, [tokens, heads x size], and
   the A over it; backwards the gradients, of which `mixed` gets that of the adapters added. */
typedef struct {
    Heads heads;
    void *seen;
    void *mixed;
    const void *grad;
    Low read;
} Mix;

/* Scores of [lines, keys], of which each `length` lines are those of as many places, the last of
   `keys`, become the weights of the places that each sees. */
typedef struct {
    int64_t lines, length, keys;
    double scale;
    void *scores;
    const void *weights; /* backwards: `scores` are the gradients of these */
} Softmax;

/* What adapters are given of the gradient of their product: `of_h`, and the gradient of B. */
typedef struct {
    int64_t tokens, width;
    const void *grad;
    Low made;
} Leave;

/* Logits become their gradients; `losses` one a row. */
typedef struct {
    int64_t rows, words;
    void *logits;
    const int64_t *targets;
    double *losses;
} Slopes;

/* 4-bit weights, the first of a byte in its upper half; each `block` of them, a multiple of 16, has
   one scale, and each of the 16 codes a value. */
typedef struct {
    int64_t blocks, block;
    const uint8_t *packed;
    const float *scales, *values;
    void *weights;
} Unpack;

#endif
