/* ledger_kinds.c — the chart of accounts of a wallet operator, as data. Kinds are numbers in the
 * database and in hashes: never reuse or renumber one. */
#include "ledger/ledger.h"

static const struct ledger_kind_info kinds[] = {
    {LEDGER_BANK, "bank", "Client money at a bank", "备付金银行户", "assets:client:bank",
     LEDGER_DEBIT, false},
    {LEDGER_TRANSIT_IN, "transit_in", "Top-ups on their way in", "在途资金（充值）",
     "assets:client:transit-in", LEDGER_DEBIT, false},
    {LEDGER_RECEIVABLE, "receivable", "Owed to us", "应收款", "assets:receivable", LEDGER_DEBIT,
     false},
    {LEDGER_OPERATOR_BANK, "operator_bank", "The operator's own bank account", "自有资金银行户",
     "assets:operator:bank", LEDGER_DEBIT, false},
    {LEDGER_WALLET, "wallet", "Wallet", "钱包", "liabilities:client:wallet", LEDGER_CREDIT, true},
    {LEDGER_MERCHANT, "merchant", "Merchant balance before settlement", "商户待结算款",
     "liabilities:client:merchant", LEDGER_CREDIT, true},
    {LEDGER_TRANSIT_OUT, "transit_out", "Withdrawals and settlements on their way out",
     "在途资金（提现与结算）", "liabilities:client:transit-out", LEDGER_CREDIT, false},
    {LEDGER_RESERVE, "reserve", "Merchant reserve", "商户保证金", "liabilities:client:reserve",
     LEDGER_CREDIT, true},
    {LEDGER_SUSPENSE, "suspense", "Received, owner not known yet", "暂收待查款",
     "liabilities:client:suspense", LEDGER_CREDIT, true},
    {LEDGER_EQUITY, "equity", "The operator's capital", "实收资本", "equity:capital", LEDGER_CREDIT,
     false},
    {LEDGER_FEE_INCOME, "fee_income", "Fee income", "手续费收入", "income:fees", LEDGER_CREDIT,
     false},
    {LEDGER_ROUNDING, "rounding", "Rounding residue", "尾差", "income:rounding", LEDGER_CREDIT,
     false},
    {LEDGER_PROVISIONAL_CREDIT, "provisional_credit", "Provisional credit", "临时垫付",
     "expenses:provisional-credit", LEDGER_DEBIT, false},
    {LEDGER_REMEDY_EXPENSE, "remedy_expense", "Compensation and goodwill", "赔付支出",
     "expenses:remedy", LEDGER_DEBIT, false},
    {LEDGER_BANK_CHARGES, "bank_charges", "Bank charges", "银行费用", "expenses:bank-charges",
     LEDGER_DEBIT, false},
};

const struct ledger_kind_info *ledger_kind_info(enum ledger_account_kind kind)
{
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (kinds[i].kind == kind) {
            return &kinds[i];
        }
    }
    return NULL;
}

const struct ledger_kind_info *ledger_kind_all(size_t *ret_count)
{
    *ret_count = ARRAY_COUNT(kinds);
    return kinds;
}
