/// The part of PostgreSQL's client library (libpq) that the ledger uses, found when it is first needed.
///
/// A program that is linked with libpq loads some twenty libraries at each start, used or not. The names, types and
/// numbers here are those of libpq's interface, version 5 (PostgreSQL's manual, chapter "libpq").
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef unsigned int Oid;

typedef enum { CONNECTION_OK = 0, CONNECTION_BAD = 1 } ConnStatusType;

typedef enum { PGRES_EMPTY_QUERY = 0, PGRES_COMMAND_OK = 1, PGRES_TUPLES_OK = 2 } ExecStatusType;

typedef enum { PQTRANS_IDLE = 0, PQTRANS_ACTIVE, PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_UNKNOWN }
    PGTransactionStatusType;

typedef void (*PQnoticeProcessor)(void *_Nullable context, const char *_Nullable message);

/// Finds the library, once; from any thread. NULL where it is there, else what is wrong, valid for good.
///
/// No other function may be called before this one has answered NULL.
const char *_Nullable waybill_postgres_load(void);

PGconn *_Nullable PQconnectdb(const char *_Nonnull conninfo);
void PQfinish(PGconn *_Nullable session);
ConnStatusType PQstatus(const PGconn *_Nullable session);
PGTransactionStatusType PQtransactionStatus(const PGconn *_Nullable session);
char *_Nullable PQerrorMessage(const PGconn *_Nullable session);
PQnoticeProcessor _Nullable PQsetNoticeProcessor(
    PGconn *_Nullable session, PQnoticeProcessor _Nullable processor, void *_Nullable context);

PGresult *_Nullable PQexec(PGconn *_Nullable session, const char *_Nonnull query);
PGresult *_Nullable PQprepare(
    PGconn *_Nullable session, const char *_Nonnull name, const char *_Nonnull query, int count,
    const Oid *_Nullable types);
PGresult *_Nullable PQexecPrepared(
    PGconn *_Nullable session, const char *_Nonnull name, int count, const char *_Nullable const *_Nullable values,
    const int *_Nullable lengths, const int *_Nullable formats, int resultFormat);

ExecStatusType PQresultStatus(const PGresult *_Nullable result);
char *_Nullable PQresultErrorField(const PGresult *_Nullable result, int field);
int PQntuples(const PGresult *_Nullable result);
char *_Nullable PQgetvalue(const PGresult *_Nullable result, int row, int column);
int PQgetlength(const PGresult *_Nullable result, int row, int column);
void PQclear(PGresult *_Nullable result);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
