import type { ServiceSchema } from "moleculer";
import { internal, query } from "../../mixins/define-service.ts";
import type { ActionContract, ParamsOf, ResultOf } from "../contracts/action.ts";
import { CommitStock, ReservationEnded, ReserveStock, RestoreStock, ReturnStock } from "../contracts/inventory.ts";
import type { Operation } from "../contracts/meta.ts";
import { MoneyOfOrders, StockOfReservations } from "../contracts/integrity.ts";
import type { MoneyOfOrder, StockOfReservation } from "../contracts/integrity.ts";
import {
	AuthorizePayment,
	CapturePayment,
	GetPayment,
	PaymentNotCapturable,
	PaymentNotFound,
	RefundPart,
	RefundTooLarge,
	ReversePayment,
} from "../contracts/payments.ts";
import type { Payment } from "../contracts/payments.ts";
import { fromMinor } from "../contracts/money.ts";
import { QuoteProducts } from "../contracts/products.ts";

type Stock = "held" | "sold" | "given back" | "restocked";
type Money = "authorized" | "captured" | "voided" | "refunded";
type Terms = ParamsOf<typeof AuthorizePayment>;

/** Stands in for one call of a step; what it throws is the step's refusal or fault. */
export type Answer = () => unknown;

interface Call {
	readonly step: string;
	readonly orderId: string | undefined;
	readonly requestId: string | null;
	readonly operation: Operation | undefined;
}

export const CUP = { productId: "018f0000-0000-7000-8000-0000000000f1", name: "Cup", priceCents: 1_050 };
export const PLATE = { productId: "018f0000-0000-7000-8000-0000000000f2", name: "Plate", priceCents: 333 };

/**
 * Products and payments as orders sees them: steps that may be repeated, and are refused once they were undone.
 * A spec scripts the next calls of a step and reads what became of stock and money.
 */
export class Participants {
	/** Every call of a step with the order it was for, in order. */
	readonly calls: Call[] = [];
	/** By the order's id. */
	readonly stock = new Map<string, Stock>();
	/** By the payment's id. */
	readonly money = new Map<string, Money>();
	/** Units that came back on sale, by the return's id. */
	readonly returned = new Map<string, { readonly orderId: string; readonly units: number }>();
	/** Cents of each refund that is not of the whole payment, by its id. */
	readonly refunds = new Map<string, { readonly paymentId: string; readonly cents: number }>();
	/** Whether what audits are told has rested. */
	isSettled = true;
	readonly #terms = new Map<string, Terms>();
	readonly #script = new Map<string, Answer[]>();

	/** Lets the next calls of a step be answered by these, one each; afterwards it works as always. */
	next(step: ActionContract, ...answers: readonly Answer[]): void {
		this.#script.set(step.name, [...answers]);
	}

	/** Lets the next call of a step wait. */
	hold(step: ActionContract) {
		const arrived = Promise.withResolvers<undefined>();
		const released = Promise.withResolvers<undefined>();
		this.next(step, () => {
			arrived.resolve(undefined);
			return released.promise;
		});
		return { arrived: arrived.promise, release: () => released.resolve(undefined) };
	}

	callsOf(orderId: string): Call[] {
		return this.calls.filter((call) => call.orderId === orderId);
	}

	stepsOf(orderId: string): string[] {
		return this.callsOf(orderId).map(({ step }) => step);
	}

	/** The two services, with fresh schemas for each broker. */
	services(): ServiceSchema[] {
		return [
			{
				name: "products",
				actions: {
					quote: this.#step(QuoteProducts, ({ productIds }) => ({
						currency: "EUR",
						products: [CUP, PLATE].filter(({ productId }) => productIds.includes(productId)),
					})),
					reserve: this.#step(ReserveStock, ({ reservationId }) => this.#reserve(reservationId)),
					commitStock: this.#step(CommitStock, ({ reservationId }) => this.#commit(reservationId)),
					restoreStock: this.#step(RestoreStock, ({ reservationId }) => this.#restore(reservationId)),
					returnStock: this.#step(ReturnStock, (given) => this.#return(given)),
					ofReservations: query(StockOfReservations, async ({ params }) =>
						params.reservationIds.flatMap((id) => this.#told(id)),
					),
				},
			},
			{
				name: "payments",
				actions: {
					authorize: this.#step(AuthorizePayment, (terms) => this.#authorize(terms)),
					capture: this.#step(CapturePayment, ({ paymentId }) => this.#capture(paymentId)),
					reverse: this.#step(ReversePayment, ({ paymentId }) => this.#reverse(paymentId)),
					refundPart: this.#step(RefundPart, (given) => this.#refund(given)),
					get: this.#step(GetPayment, ({ id }) => this.#get(id)),
					ofOrders: query(MoneyOfOrders, async ({ params }) =>
						[...this.#terms.values()].flatMap((terms) =>
							params.orderIds.includes(terms.orderId) ? this.#balance(terms) : [],
						),
					),
				},
			},
		];
	}

	/** What was given back of a payment, in parts. */
	refundedCents(paymentId: string): number {
		const parts = [...this.refunds.values()].filter((refund) => refund.paymentId === paymentId);
		return parts.reduce((sum, { cents }) => sum + cents, 0);
	}

	/** What an audit is told; a spec changes `stock` and `money` to lie. */
	#told(reservationId: string): StockOfReservation[] {
		const status = { held: "held", sold: "committed", "given back": "released", restocked: "restocked" } as const;
		const stock = this.stock.get(reservationId);
		if (stock === undefined) return [];
		const returns = [...this.returned.values()].filter(({ orderId }) => orderId === reservationId);
		const returnedUnits = returns.reduce((sum, { units }) => sum + units, 0);
		return [{ reservationId, status: status[stock], returnedUnits, isSettled: this.isSettled }];
	}

	#balance({ orderId, paymentId, amountCents }: Terms): MoneyOfOrder[] {
		const money = this.money.get(paymentId);
		if (money === "voided") return [];
		const netCents = money === "captured" ? amountCents - this.refundedCents(paymentId) : 0;
		return [{ orderId, netCents, isOpen: money === "authorized", isSettled: this.isSettled }];
	}

	#step<C extends ActionContract>(contract: C, work: (params: ParamsOf<C>) => ResultOf<C>) {
		return internal(contract, async (ctx) => {
			const orderId = this.#orderOf(ctx.params as Record<string, string>);
			this.calls.push({ step: contract.name, orderId, requestId: ctx.requestID, operation: ctx.meta.operation });
			await this.#script.get(contract.name)?.shift()?.();
			return work(ctx.params);
		});
	}

	#orderOf({ reservationId, orderId, paymentId = "", id = "" }: Record<string, string>): string | undefined {
		return reservationId ?? orderId ?? this.#terms.get(paymentId)?.orderId ?? this.#terms.get(id)?.orderId;
	}

	#reserve(orderId: string): null {
		if (this.stock.get(orderId) === "given back") throw new ReservationEnded();
		if (!this.stock.has(orderId)) this.stock.set(orderId, "held");
		return null;
	}

	#commit(orderId: string): null {
		if (this.stock.get(orderId) === "given back") throw new ReservationEnded();
		this.stock.set(orderId, "sold");
		return null;
	}

	#restore(orderId: string): null {
		this.stock.set(orderId, "given back");
		return null;
	}

	#return({ returnId, reservationId, items }: ParamsOf<typeof ReturnStock>): null {
		const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
		this.returned.set(returnId, { orderId: reservationId, units });
		return null;
	}

	#refund({ refundId, paymentId, amountCents }: ParamsOf<typeof RefundPart>): ResultOf<typeof RefundPart> {
		const known = this.refunds.get(refundId);
		if (known !== undefined) return { refundedCents: known.cents };

		const { currency = "EUR", amountCents: paidCents = 0 } = this.#terms.get(paymentId) ?? {};
		const refundableCents = paidCents - this.refundedCents(paymentId);
		if (amountCents > refundableCents)
			throw new RefundTooLarge({ refundable: fromMinor(refundableCents, currency), currency });
		this.refunds.set(refundId, { paymentId, cents: amountCents });
		return { refundedCents: amountCents };
	}

	#authorize(terms: Terms): null {
		this.#terms.set(terms.paymentId, terms);
		if (!this.money.has(terms.paymentId)) this.money.set(terms.paymentId, "authorized");
		return null;
	}

	#capture(paymentId: string): null {
		const status = this.money.get(paymentId) ?? "unknown";
		if (status !== "authorized" && status !== "captured") throw new PaymentNotCapturable({ status });
		this.money.set(paymentId, "captured");
		return null;
	}

	#reverse(paymentId: string): ResultOf<typeof ReversePayment> {
		const before = this.money.get(paymentId);
		if (before === undefined) return { outcome: "nothing" };

		const outcome = before === "captured" || before === "refunded" ? "refunded" : "voided";
		this.money.set(paymentId, outcome);
		return { outcome };
	}

	#get(id: string): Payment {
		const terms = this.#terms.get(id);
		if (terms === undefined) throw new PaymentNotFound();
		const { orderId, userId, amountCents, currency, method } = terms;
		return {
			...{ id, orderId, userId, currency, method },
			amount: fromMinor(amountCents, currency),
			status: this.money.get(id) ?? "failed",
			refundedAmount: 0,
			createdAt: "2026-01-02T03:04:05.000Z",
		};
	}
}
