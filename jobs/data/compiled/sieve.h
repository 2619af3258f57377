/* Where a row of bytes that is looked for may end. */

#ifndef SIEVE_H
#define SIEVE_H

#include <stdint.h>

#define SIEVED 32 /* bytes that are told apart at once */

/* Whether this processor can do it. */
int can_sieve(void);

/* From `at` on, two bytes at least behind the first: where the next `SIEVED` bytes begin in which a
   row may end, or where fewer than these are left before `stop`. `nibbles` are, for each of two
   times eight groups and each of the last three bytes, the groups that each lower half of a byte
   fits, and each upper half. */
int64_t next_sieved(const uint8_t *nibbles, const uint8_t *data, int64_t at, int64_t stop);

#endif
