import { PreconditionFailed, Unauthenticated } from "../../contracts/errors.ts";
import type { Meta } from "../../contracts/meta.ts";
import { MethodNotFound, MethodRefused } from "../../contracts/payment-methods.ts";
import type { GetMethod, ListMethods, RemoveMethod, SaveMethod, SavedMethod } from "../../contracts/payment-methods.ts";
import { ServiceUnavailable } from "../../contracts/platform.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Payments } from "../payments.context.ts";
import * as stored from "../storage/payment-methods.ts";
import type { StoredMethod } from "../storage/payment-methods.ts";

const RETRY_AFTER_SECONDS = 2;

/** Kept at the provider first: a token that is not kept there is good for one payment only. */
export async function saveMethod(this: Payments, ctx: Ctx<typeof SaveMethod>): Promise<SavedMethod> {
	const userId = callerOf(ctx);
	const { method, isDefault } = ctx.params;
	const keeping = await answered(this, async () => this.vault.keep(await customerOf(this, userId), method));
	if (keeping.status === "refused") throw new MethodRefused({ reason: keeping.reason });

	const id = await stored.saveMethod(this.db, this.newId(), userId, keeping.kept, isDefault);
	return shownOf(ctx, await stored.findMethod(this.db, id, userId));
}

export function listMethods(this: Payments, ctx: Ctx<typeof ListMethods>) {
	const userId = callerOf(ctx);
	return listed(ctx.params, { userId }, (slice) => stored.methodsOf(this.db, userId, slice));
}

export async function getMethod(this: Payments, ctx: Ctx<typeof GetMethod>): Promise<SavedMethod> {
	return shownOf(ctx, await stored.findMethod(this.db, ctx.params.id, callerOf(ctx)));
}

/** Forgotten at the provider first: what is cut short is done again by the same request. */
export async function removeMethod(this: Payments, ctx: Ctx<typeof RemoveMethod>): Promise<null> {
	const userId = callerOf(ctx);
	const { method, version } = found(await stored.findMethod(this.db, ctx.params.id, userId));
	const { expectedVersion = version } = ctx.meta;
	if (expectedVersion !== version) throw new PreconditionFailed({ currentVersion: version });

	await answered(this, () => this.vault.forget(method.method));
	await stored.removeMethod(this.db, userId, method.method);
	return null;
}

async function customerOf({ db, vault }: Payments, userId: string): Promise<string | null> {
	const known = await stored.findCustomer(db, userId);
	if (known !== null) return known;
	const made = await vault.customerFor(userId);
	if (made !== null) await stored.keepCustomer(db, userId, made);
	return made;
}

/** @throws ServiceUnavailable when the provider gives no definite answer */
async function answered<T>(service: Payments, ask: () => Promise<T>): Promise<T> {
	try {
		return await ask();
	} catch (fault) {
		service.logger.warn("The payment provider could not be asked about a payment method:", fault);
		throw new ServiceUnavailable({ retryAfterSeconds: RETRY_AFTER_SECONDS });
	}
}

/** Methods belong to people: not even an administrator pays with somebody else's. */
function callerOf({ meta: { principal } }: { readonly meta: Meta }): string {
	if (principal === undefined || principal.kind === "service") throw new Unauthenticated();
	return principal.userId;
}

function found(method: StoredMethod | undefined): StoredMethod {
	if (method === undefined) throw new MethodNotFound();
	return method;
}

function shownOf({ meta }: { readonly meta: Meta }, kept: StoredMethod | undefined): SavedMethod {
	const { method, version } = found(kept);
	meta.$version = version;
	return method;
}
