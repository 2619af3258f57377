/* SHA-256 (FIPS 180-4) of two streams at once, by the processor's own instructions. */

#ifndef SHA256_H
#define SHA256_H

#include <stdint.h>

#define HELD 8192 /* bytes of a stream that wait */

typedef struct {
    uint32_t state[8];
    uint32_t filled; /* of `held` */
    uint64_t total;  /* bytes that were taken in, those that wait included */
    uint8_t held[HELD];
} Stream;

/* Whether this processor has the instructions. */
int can_sha256(void);

void begin_stream(Stream *stream);

/* Take in some bytes. Where `beside` has as many waiting by then, both go on together, which takes
   little longer than one: the steps of one stream wait for one another. */
void put_bytes(Stream *stream, Stream *beside, const uint8_t *data, int64_t length);

/* The digest, 32 bytes; the stream is at its end. */
void end_stream(Stream *stream, uint8_t *digest);

#endif
