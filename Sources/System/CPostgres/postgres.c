#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// Every function of the header but the first: its type, its name, its parameters, and how they are passed on.
#define FUNCTIONS(F) \
    F(PGconn *, PQconnectdb, (const char *conninfo), (conninfo)) \
    F(void, PQfinish, (PGconn * session), (session)) \
    F(ConnStatusType, PQstatus, (const PGconn *session), (session)) \
    F(PGTransactionStatusType, PQtransactionStatus, (const PGconn *session), (session)) \
    F(char *, PQerrorMessage, (const PGconn *session), (session)) \
    F(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * session, PQnoticeProcessor processor, void *context), \
      (session, processor, context)) \
    F(PGresult *, PQexec, (PGconn * session, const char *query), (session, query)) \
    F(PGresult *, PQprepare, \
      (PGconn * session, const char *name, const char *query, int count, const Oid *types), \
      (session, name, query, count, types)) \
    F(PGresult *, PQexecPrepared, \
      (PGconn * session, const char *name, int count, const char *const *values, const int *lengths, \
       const int *formats, int resultFormat), \
      (session, name, count, values, lengths, formats, resultFormat)) \
    F(ExecStatusType, PQresultStatus, (const PGresult *result), (result)) \
    F(char *, PQresultErrorField, (const PGresult *result, int field), (result, field)) \
    F(int, PQntuples, (const PGresult *result), (result)) \
    F(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column)) \
    F(int, PQgetlength, (const PGresult *result, int row, int column), (result, row, column)) \
    F(void, PQclear, (PGresult * result), (result))

#define POINTER(type, name, parameters, arguments) static type(*name##_found) parameters;
FUNCTIONS(POINTER)

#define CALL(type, name, parameters, arguments) \
    type name parameters { return name##_found arguments; }
FUNCTIONS(CALL)

static char problem[512];

static void load(void) {
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return;
    }
#define FIND(type, name, parameters, arguments) \
    *(void **)&name##_found = dlsym(library, #name); \
    if (name##_found == NULL) snprintf(problem, sizeof problem, "libpq.so.5 has no %s", #name);
    FUNCTIONS(FIND)
}

const char *waybill_postgres_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return problem[0] == '\0' ? NULL : problem;
}
