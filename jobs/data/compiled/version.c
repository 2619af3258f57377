/* What the functions of this library take; to be raised along with VERSION in __init__.py. */

int passes_version(void)
{
    return 5;
}
