import { LOOP_PROPERTIES } from '../properties/loops';
import { testSlice } from '../slice';

testSlice(LOOP_PROPERTIES);
