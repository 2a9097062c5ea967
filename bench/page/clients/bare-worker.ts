import { bare } from './bare.ts';
import { serve } from './serve.ts';

serve(bare);
