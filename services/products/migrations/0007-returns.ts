/**
 * Units that came back one by one. They stand in the reservation's own row: whoever waited for its lock reads the newest
 * version of that row, and no other.
 */
export default `
	alter table reservations
		-- By product, in the order of product_ids; none before the first return.
		add column returned bigint[] not null default '{}',
		add column return_ids uuid[] not null default '{}';

	create or replace view stock_discrepancies as
	with journal as (
		select product_id,
			sum(quantity) filter (where kind = 'initial') as initial,
			sum(quantity) filter (where kind = 'adjusted') as adjusted,
			sum(quantity) filter (where kind = 'reserved') as reserved,
			sum(quantity) filter (where kind = 'released') as released,
			sum(quantity) filter (where kind = 'sold') as sold,
			sum(quantity) filter (where kind = 'restocked') as restocked
		from movements group by product_id
	), promised as (
		select line.product_id,
			sum(line.quantity) filter (where status = 'held') as held,
			sum(line.quantity) filter (where status in ('committed', 'restocked')) as sold,
			sum(case status when 'restocked' then line.quantity else coalesce(line.returned, 0) end)
				filter (where status in ('committed', 'restocked')) as restocked
		from reservations
			cross join unnest(product_ids, quantities, returned) as line (product_id, quantity, returned)
		group by line.product_id
	)
	select inventory.*
	from inventory left join journal using (product_id) left join promised using (product_id)
	where inventory.restocked + inventory.adjusted + inventory.initial
			<> inventory.sold + inventory.available + inventory.reserved
		or inventory.initial <> coalesce(journal.initial, 0)
		or inventory.adjusted <> coalesce(journal.adjusted, 0)
		or inventory.sold <> coalesce(journal.sold, 0)
		or inventory.restocked <> coalesce(journal.restocked, 0)
		or inventory.reserved
			<> coalesce(journal.reserved, 0) - coalesce(journal.released, 0) - coalesce(journal.sold, 0)
		or inventory.reserved <> coalesce(promised.held, 0)
		or inventory.sold <> coalesce(promised.sold, 0)
		or inventory.restocked <> coalesce(promised.restocked, 0);
`;
