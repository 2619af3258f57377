/* JSON lines of the usual kind as columns: an object a line, texts or null under all of its keys, and
   no wanted key twice. Anything else, and every error, ends the reading: who asks goes the slower way,
   which tells them apart. Bytes are known to be UTF-8. */

#include <stdint.h>
#include <string.h>

#include "utf8.h"
#include "words.h"

#define MOST_KEYS 64

typedef struct {
    const uint8_t *at, *end;
} Reader;

static void skip_space(Reader *reader)
{
    while (reader->at < reader->end
           && (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r'))
        reader->at++;
}

/* Whether this sign comes next; then it is passed. */
static int takes(Reader *reader, uint8_t sign)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != sign)
        return 0;
    reader->at++;
    return 1;
}

/* A mark at the top of the first byte that ends a stretch of plain text: a quotation mark, a
   backslash, a control. Marks above it mean nothing. */
static uint64_t specials(uint64_t word)
{
    uint64_t quotes = word ^ EACH('"'), slashes = word ^ EACH('\\');
    return (((quotes - EACH(1)) & ~quotes) | ((slashes - EACH(1)) & ~slashes)
            | ((word - EACH(0x20)) & ~word)) & TOPS;
}

/* Four hexadecimal digits, -1 where they are none. */
static int32_t hexadecimal(Reader *reader)
{
    int32_t value = 0;
    if (reader->end - reader->at < 4)
        return -1;
    for (int place = 0; place < 4; place++) {
        uint8_t sign = *reader->at++, letter = (uint8_t)((sign | 32) - 'a');
        if ((uint8_t)(sign - '0') < 10)
            value = value << 4 | (sign - '0');
        else if (letter < 6)
            value = value << 4 | (letter + 10);
        else
            return -1;
    }
    return value;
}

/* The character behind "\u"; halves only in pairs, and no zero. NULL where it is left to others. */
static uint8_t *escaped_point(Reader *reader, uint8_t *out)
{
    int32_t point = hexadecimal(reader);
    if (point <= 0 || (point >= 0xDC00 && point < 0xE000))
        return NULL;
    if (point >= 0xD800 && point < 0xDC00) {
        if (reader->end - reader->at < 6 || reader->at[0] != '\\' || reader->at[1] != 'u')
            return NULL;
        reader->at += 2;
        int32_t low = hexadecimal(reader);
        if (low < 0xDC00 || low >= 0xE000)
            return NULL;
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    return put(out, (uint32_t)point);
}

/* What a backslash and the sign behind it stand for. */
static uint8_t *escaped(Reader *reader, uint8_t *out)
{
    static const char signs[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (reader->at == reader->end)
        return NULL;
    uint8_t sign = *reader->at++;
    if (sign == 'u')
        return escaped_point(reader, out);
    const char *found = sign ? strchr(signs, sign) : NULL;
    if (!found)
        return NULL;
    *out++ = (uint8_t)meant[found - signs];
    return out;
}

/* Copy a text behind its opening quotation mark, and pass the closing one; where it ends in `out`,
   NULL where it does not. Up to eight bytes behind it are written over. */
static uint8_t *text(Reader *reader, uint8_t *out)
{
    while (reader->at < reader->end) {
        if (reader->end - reader->at >= 8) {
            uint64_t word = word_at(reader->at), found = specials(word);
            memcpy(out, &word, 8);
            int plain = found ? __builtin_ctzll(found) / 8 : 8;
            reader->at += plain;
            out += plain;
            if (!found)
                continue;
        }
        uint8_t sign = *reader->at++;
        if (sign == '"')
            return out;
        if (sign < ' ')
            return NULL;
        if (sign != '\\')
            *out++ = sign;
        else if (!(out = escaped(reader, out)))
            return NULL;
    }
    return NULL;
}

/* Which of the names comes next, in quotation marks; `count` where it is another one, -1 where it is
   none that can be read as it stands. */
static int32_t key(Reader *reader, int32_t count, const int64_t *starts, const uint8_t *names)
{
    if (!takes(reader, '"'))
        return -1;
    for (int32_t one = 0; one < count; one++) {
        int64_t size = starts[one + 1] - starts[one];
        if (reader->end - reader->at > size && reader->at[size] == '"'
            && !memcmp(reader->at, names + starts[one], (size_t)size)) {
            reader->at += size + 1;
            return one;
        }
    }
    for (; reader->at < reader->end && *reader->at >= ' ' && *reader->at != '\\';)
        if (*reader->at++ == '"')
            return count;
    return -1;
}

static int is_null(Reader *reader)
{
    skip_space(reader);
    if (reader->end - reader->at < 4 || memcmp(reader->at, "null", 4))
        return 0;
    reader->at += 4;
    return 1;
}

/* How many lines there are at most: one more than line breaks. */
int64_t count_lines(int64_t length, const uint8_t *data)
{
    const uint8_t *stop = data + length;
    int64_t lines = 1;
    for (; data < stop && (data = memchr(data, '\n', (size_t)(stop - data))); data++)
        lines++;
    return lines;
}

/* The rows that were read, at most `rows`; -1 where something is unusual. Of each name in turn there
   are the starts of its texts (`rows` + 1), whether each is there (`rows`) and the bytes (`room`,
   eight more than all lines have). Names hold nothing that JSON would escape. */
int64_t read_lines(int64_t length, const uint8_t *data, int32_t count, const int64_t *name_starts,
                   const uint8_t *names, int64_t rows, int32_t *starts, uint8_t *there,
                   int64_t room, uint8_t *texts)
{
    const uint8_t *stop = data + length;
    int64_t row = 0, used[MOST_KEYS] = {0};
    for (; data < stop; row++) {
        const uint8_t *end = memchr(data, '\n', (size_t)(stop - data));
        Reader reader = {data, end ? end : stop};
        uint64_t seen = 0;
        if (row == rows || !takes(&reader, '{'))
            return -1;
        for (int32_t one = 0; one < count; one++) {
            starts[one * (rows + 1) + row] = (int32_t)used[one];
            there[one * rows + row] = 0;
        }
        int empty = takes(&reader, '}');
        while (!empty) {
            int32_t one = key(&reader, count, name_starts, names);
            int wanted = one < count;
            if (one < 0 || (wanted && seen >> one & 1) || !takes(&reader, ':'))
                return -1;
            if (takes(&reader, '"')) {
                int32_t column = wanted ? one : 0; /* where others are written, to be written over */
                uint8_t *begin = texts + column * room + used[column];
                uint8_t *behind = text(&reader, begin);
                if (!behind)
                    return -1;
                if (wanted) {
                    used[one] += behind - begin;
                    there[one * rows + row] = 1;
                }
            } else if (!is_null(&reader)) {
                return -1;
            }
            if (wanted)
                seen |= UINT64_C(1) << one;
            if (takes(&reader, '}'))
                break;
            if (!takes(&reader, ','))
                return -1;
        }
        skip_space(&reader);
        if (reader.at != reader.end)
            return -1;
        data = reader.end + (end != NULL);
    }
    for (int32_t one = 0; one < count; one++)
        starts[one * (rows + 1) + row] = (int32_t)used[one];
    return row;
}
