/* Rows of separated cells as columns of texts: what a cell has between quotation marks is its text,
   two of them there are one, and line breaks may stand there (RFC 4180). What is no row of so many
   cells is left to others, which tell what is wrong. Bytes are known to be UTF-8. */

#include <stdint.h>

#include "stretch.h"

typedef struct {
    const uint8_t *at, *end;
    uint8_t separator;
    int is_last; /* whether the file ends where the bytes do */
} Reader;

typedef struct {
    int32_t columns;
    const int32_t *slots; /* of each column, the place among those that are wanted, or -1 */
    int64_t rows;
    int32_t *starts; /* of each wanted one in turn, `rows` + 1 */
    int64_t room;
    uint8_t *texts; /* of each wanted one in turn, `room` bytes */
} Columns;

enum { BROKEN_OFF = -1, BLANK = 0 };

/* Copy up to the sign that ends a cell without quotation marks; where it ends in `out`. Up to a
   stretch behind it is written over. */
static uint8_t *plain(Reader *reader, uint8_t *out)
{
    while (reader->end - reader->at >= STRETCH) {
        Stretch some = stretch_at(reader->at);
        Marks found = marks(some, reader->separator) | marks(some, '\n') | marks(some, '\r');
        put_stretch(out, some);
        int size = found ? first_mark(found) : STRETCH;
        reader->at += size;
        out += size;
        if (found)
            return out;
    }
    while (reader->at < reader->end) {
        uint8_t sign = *reader->at;
        if (sign == reader->separator || sign == '\n' || sign == '\r')
            break;
        *out++ = sign;
        reader->at++;
    }
    return out;
}

/* Copy up to a quotation mark and pass it, as often as it stands twice; NULL where there is none. */
static uint8_t *quoted(Reader *reader, uint8_t *out)
{
    for (;;) {
        Marks found = 0;
        while (!found && reader->end - reader->at >= STRETCH) {
            Stretch some = stretch_at(reader->at);
            found = marks(some, '"');
            put_stretch(out, some);
            int size = found ? first_mark(found) : STRETCH;
            reader->at += size;
            out += size;
        }
        while (!found && reader->at < reader->end && *reader->at != '"')
            *out++ = *reader->at++;
        if (reader->at == reader->end)
            return NULL;
        reader->at++;
        if (reader->at == reader->end || *reader->at != '"')
            return out;
        *out++ = '"';
        reader->at++;
    }
}

static uint8_t *cell(Reader *reader, uint8_t *out)
{
    if (reader->at < reader->end && *reader->at == '"') {
        reader->at++;
        if (!(out = quoted(reader, out)))
            return NULL;
    }
    return plain(reader, out);
}

/* Pass a line break; 0 where its second half may be yet to come. */
static int passes_break(Reader *reader)
{
    if (*reader->at++ == '\n')
        return 1;
    if (reader->at == reader->end)
        return reader->is_last;
    reader->at += *reader->at == '\n';
    return 1;
}

static int at_break(const Reader *reader)
{
    return *reader->at == '\n' || *reader->at == '\r';
}

/* Read one row, of which there is a byte at least: how many cells it has, `BLANK` or `BROKEN_OFF`.
   `used` are the bytes that each wanted column has, `last` is where the last cell begins. */
static int64_t row(Reader *reader, const Columns *columns, int64_t number, int64_t *used,
                   const uint8_t **last)
{
    if (at_break(reader))
        return passes_break(reader) ? BLANK : BROKEN_OFF;
    for (int64_t count = 0;;) {
        int32_t slot = count < columns->columns ? columns->slots[count] : -1;
        /* what is not wanted is written where the next text of the first column will be */
        uint8_t *begin = columns->texts + (slot < 0 ? used[0] : slot * columns->room + used[slot]);
        *last = reader->at;
        uint8_t *behind = cell(reader, begin);
        if (!behind)
            return BROKEN_OFF;
        count++;
        if (slot >= 0) {
            used[slot] += behind - begin;
            columns->starts[slot * (columns->rows + 1) + number + 1] = (int32_t)used[slot];
        }
        if (reader->at == reader->end)
            return reader->is_last ? count : BROKEN_OFF;
        if (at_break(reader))
            return passes_break(reader) ? count : BROKEN_OFF;
        reader->at++;
    }
}

/* Pass over so many rows, blank ones included; the bytes they take, -1 where they do not end. */
int64_t skip_rows(int64_t length, const uint8_t *data, uint8_t separator, int32_t is_last,
                  int64_t rows, uint8_t *room)
{
    Reader reader = {data, data + length, separator, is_last};
    int64_t used = 0;
    const Columns none = {0, NULL, 0, NULL, 0, room};
    const uint8_t *last;
    int64_t number = 0;
    for (; number < rows && reader.at < reader.end; number++)
        if (row(&reader, &none, number, &used, &last) == BROKEN_OFF)
            return -1;
    return number == rows || is_last ? reader.at - data : -1;
}

/* Read up to `rows` whole rows: how many they are, -1 where one has another number of cells. Of each
   of `wanted` columns in turn there are the starts of its texts (`rows` + 1) and their bytes (`room`,
   which is a stretch more than `length`). `used` has room for a number a wanted column. `told` are
   the bytes that were read, and whether the last cell holds a line break. */
int64_t read_cells(int64_t length, const uint8_t *data, uint8_t separator, int32_t is_last,
                   int32_t count, const int32_t *slots, int32_t wanted, int64_t rows,
                   int32_t *starts, int64_t room, uint8_t *texts, int64_t *used, int64_t *told)
{
    Reader reader = {data, data + length, separator, is_last};
    const Columns columns = {count, slots, rows, starts, room, texts};
    const uint8_t *whole = data, *last = data, *last_end = data;
    int64_t number = 0;
    for (int32_t slot = 0; slot < wanted; slot++)
        starts[slot * (rows + 1)] = 0, used[slot] = 0;
    while (number < rows && reader.at < reader.end) {
        const uint8_t *begins;
        int64_t cells = row(&reader, &columns, number, used, &begins);
        if (cells == BROKEN_OFF)
            break;
        whole = reader.at;
        if (cells == BLANK)
            continue;
        if (cells != count)
            return -1;
        last = begins, last_end = reader.at;
        number++;
    }
    told[0] = whole - data;
    for (told[1] = 0; last_end > last && (last_end[-1] == '\n' || last_end[-1] == '\r');)
        last_end--;
    for (; last < last_end; last++)
        told[1] |= *last == '\n' || *last == '\r';
    return number;
}
