import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, PreconditionFailed, Unauthenticated } from "./errors.ts";
import { listOf, listParams } from "./paging.ts";
import { PaymentMethod } from "./payments.ts";
import { ServiceUnavailable } from "./platform.ts";
import { eraseOf, exportOf } from "./privacy.ts";
import { ById, Id, NoResult, Timestamp } from "./text.ts";

/** A way to pay that a customer keeps; what is shown of the card comes from the provider. */
export const SavedMethod = z.object({
	id: Id,
	/** What is sent as `paymentMethod` to pay with it. */
	method: z.string(),
	brand: z.string(),
	last4: z.string(),
	expMonth: z.int(),
	expYear: z.int(),
	isDefault: z.boolean(),
	createdAt: Timestamp,
});
export type SavedMethod = z.output<typeof SavedMethod>;

export const MethodNotFound = defineError("PAYMENT_METHOD_NOT_FOUND", 404, "There is no such payment method.");
export const MethodRefused = defineError<{ reason: string }>(
	"PAYMENT_METHOD_REFUSED",
	402,
	({ reason }) => `The payment provider does not keep this payment method (${reason}). Use another one.`,
);

export const SaveMethod = defineAction("payments.saveMethod", {
	summary: "Keeps a provider's token to pay with later, never a card number; the first is the default.",
	params: z.strictObject({ method: PaymentMethod, isDefault: z.boolean().default(false) }),
	result: SavedMethod,
	errors: [Unauthenticated, MethodRefused, ServiceUnavailable],
});

export const ListMethods = defineAction("payments.methods", {
	summary: "The caller's own payment methods, newest first.",
	params: listParams({}),
	result: listOf(SavedMethod),
	errors: [Unauthenticated],
});

export const GetMethod = defineAction("payments.method", {
	summary: "One of the caller's own payment methods.",
	params: ById,
	result: SavedMethod,
	errors: [Unauthenticated, MethodNotFound],
});

export const RemoveMethod = defineAction("payments.removeMethod", {
	summary: "Forgets a payment method, here and at the provider.",
	params: ById,
	result: NoResult,
	errors: [Unauthenticated, MethodNotFound, PreconditionFailed, ServiceUnavailable],
});

export const ErasePaymentsUser = eraseOf("payments");
export const ExportPaymentsUser = exportOf("payments");

export const METHOD_ACTIONS = [SaveMethod, ListMethods, GetMethod, RemoveMethod, ErasePaymentsUser, ExportPaymentsUser];
