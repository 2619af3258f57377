/* Passes over the texts of a column, one behind the other: where each begins in `data`, and where
   the last one ends, are `count` + 1 `starts`. Each says what it does where it stands. */

#ifndef PASSES_H
#define PASSES_H

#include <stdint.h>

/* keys.c */
void prompt_keys(int64_t count, const int64_t *starts, const uint8_t *data, const uint32_t *folds,
                 int32_t known, uint64_t *keys, uint8_t *left);
void keys_and_digests(int64_t count, const int64_t *starts, const uint8_t *data,
                      const uint32_t *folds, int32_t known, uint64_t *keys, uint8_t *left,
                      uint64_t *digests, uint8_t *digests_left);
void text_digests(int64_t count, const int64_t *starts, const uint8_t *data, uint64_t *digests,
                  uint8_t *left);

/* sift.c */
void sift(int64_t count, const int64_t *starts, const uint8_t *data, const uint64_t *steps,
          uint64_t begins, uint64_t ends, const uint8_t *looks, const uint8_t *characters,
          const uint8_t *nibbles, int32_t digits, int64_t span, uint8_t crowd, uint8_t *found);

/* texts.c */
void count_letters(int64_t count, const int64_t *starts, const uint8_t *data, int64_t most,
                   int64_t enough, int64_t *letters, int64_t *beyond);

/* white.c */
void blank_texts(int64_t count, const int64_t *starts, const uint8_t *data, const uint8_t *table,
                 int32_t known, uint8_t *found);
void edged_texts(int64_t count, const int64_t *starts, const uint8_t *data, const uint8_t *table,
                 int32_t known, uint8_t *found);
void echoes(int64_t count, const int64_t *asked, const uint8_t *prompts, const int64_t *said,
            const uint8_t *completions, const uint8_t *table, int32_t known, int64_t shortest,
            uint8_t *found);

#endif
