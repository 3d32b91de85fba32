// The only C of the house: libpq's interface, and the names of it that are macros, which Swift cannot import.
#pragma once

#include <libpq-fe.h>
