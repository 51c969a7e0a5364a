import type { ErasePaymentsUser, ExportPaymentsUser } from "../../contracts/payment-methods.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import type { Payments } from "../payments.context.ts";
import { paymentsOfUser } from "../storage/payment-views.ts";
import { findCustomer, forgetCustomer, methodsOf, removeMethod } from "../storage/payment-methods.ts";

const SLICE = 200;

/** Saved methods go, here and at the provider; payments and the ledger name nobody and stay. */
export async function eraseUser(this: Payments, { params: { userId } }: Ctx<typeof ErasePaymentsUser>): Promise<null> {
	for (const { method } of await all((slice) => methodsOf(this.db, userId, slice))) {
		await this.vault.forget(method);
		await removeMethod(this.db, userId, method);
	}
	const customer = await findCustomer(this.db, userId);
	if (customer !== null) await this.vault.forgetCustomer(customer);
	await forgetCustomer(this.db, userId);
	return null;
}

export async function exportUser(this: Payments, { params: { userId } }: Ctx<typeof ExportPaymentsUser>) {
	const paymentMethods = await all((slice) => methodsOf(this.db, userId, slice));
	const payments = await all((slice) => paymentsOfUser(this.db, userId, userId, slice));
	return { data: { paymentMethods, payments } };
}

async function all<Row extends { readonly id: string }>(read: (slice: Slice) => Promise<Found<Row>>): Promise<Row[]> {
	const rows: Row[] = [];
	for (let afterId: string | null = null; ; afterId = rows.at(-1)?.id ?? null) {
		const found = await read({ afterId, limit: SLICE, offset: 0, isCounted: false });
		rows.push(...found.rows);
		if (found.rows.length < SLICE) return rows;
	}
}
