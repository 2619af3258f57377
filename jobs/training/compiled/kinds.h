/* All passes for one kind of number; included once for each kind of processor. */

#define NUMBER uint16_t
#define IS_BFLOAT16 1
#define K(name) JOIN(name, bfloat16, WAY)
#include "each.h"
#undef NUMBER
#undef IS_BFLOAT16
#undef K

#define NUMBER float
#define IS_BFLOAT16 0
#define K(name) JOIN(name, float32, WAY)
#include "each.h"
#undef NUMBER
#undef IS_BFLOAT16
#undef K
