import { LowStock } from "../../contracts/inventory.ts";

/**
 * The part of a statement that tells of stock that fell to its threshold: once per downward crossing, since
 * both sides of it are compared on the row that the statement has locked. Reads the CTE `moved` (product_id,
 * taken, available after it, low_stock_threshold) and adds the CTE `fallen`, one row a crossing.
 *
 * @param first of the three parameters it takes: timestamp (ISO), correlation id, causation id
 */
export const lowStockFacts = (first: number): string => `
	fallen as (
		update products set announced = products.announced + 1 from moved
		where products.id = moved.product_id
			and moved.available <= moved.low_stock_threshold
			and moved.available + moved.taken > moved.low_stock_threshold
		returning products.id, products.announced, products.vendor_id, moved.available, moved.low_stock_threshold
	), low_stock_facts as (
		insert into outbox (message_id, name, schema_version, aggregate_type, aggregate_id, sequence,
			body, correlation_id, causation_id)
		select gen_random_uuid(), '${LowStock.name}', ${LowStock.version}, 'product', id, announced,
			json_build_object('productId', id, 'currentStock', available, 'threshold', low_stock_threshold,
				'vendorId', vendor_id, 'timestamp', $${first}::text),
			$${first + 1}::text, $${first + 2}::text
		from fallen
	)`;
