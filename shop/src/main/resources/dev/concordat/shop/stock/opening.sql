-- What was on the shelf on the first day. The movements come first, so that the books begin with them.
insert into movement (product_id, change, reason, reference, moved_at)
select product_id, pieces, 'DELIVERED', 'opening', now()
from (values
  ('house-espresso-250g', 24000),
  ('house-espresso-1kg', 18000),
  ('decaf-huila-250g', 9000),
  ('yirgacheffe-250g', 16000),
  ('sidamo-natural-250g', 14000),
  ('antigua-250g', 15000),
  ('kenya-aa-nyeri-250g', 12000),
  ('santos-mogiana-1kg', 16000),
  ('sumatra-mandheling-250g', 11000),
  ('geisha-esmeralda-100g', 240),
  ('pour-over-dripper-02', 6000),
  ('glass-carafe-600ml', 6000),
  ('french-press-1l', 5000),
  ('moka-pot-6', 5000),
  ('syphon-3', 800),
  ('cold-brew-tower-1l', 900),
  ('travel-press-350ml', 6000),
  ('hand-grinder-steel', 3000),
  ('hand-grinder-travel', 3500),
  ('electric-grinder-conical', 1500),
  ('electric-grinder-flat-64', 400),
  ('gooseneck-kettle-1l', 3000),
  ('gooseneck-kettle-electric', 2500),
  ('kettle-thermometer', 5000),
  ('espresso-cup-80ml', 9000),
  ('cappuccino-cup-180ml', 9000),
  ('latte-glass-300ml', 8000),
  ('camp-mug-350ml', 8000),
  ('reusable-cup-340ml', 8000),
  ('filter-papers-02-100', 20000),
  ('filter-cone-steel', 5000),
  ('filter-discs-press-350', 12000),
  ('cloth-filter-syphon-5', 4000),
  ('milk-pitcher-350ml', 6000),
  ('milk-pitcher-600ml', 6000),
  ('oat-barista-1l', 20000),
  ('scale-timer-2kg', 3000),
  ('tamper-58mm', 3000),
  ('cleaning-powder-900g', 10000),
  ('descaler-1l', 10000),
  ('founders-blend-2019', 60)
) as shelf (product_id, pieces);

insert into level (product_id, on_hand, held)
select product_id, sum(change), 0
from movement
group by product_id;
